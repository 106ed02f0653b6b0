import { Modal } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { createContext, useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'

import { useConnection } from '../api/connection.ts'
import { holdsText } from '../api/typed.ts'
import { Leave } from './Leave.tsx'

interface Props {
  title: string
  close: () => void
  width?: number
  /** Shows what is never shown again: neither a slip nor Back leaves it. */
  locked?: boolean
  children: ReactNode
}

/** What opened the last dialog: one that takes another's place was opened by the same. */
let last: Element | null = null

function findOpener(): Element | null {
  const here = document.activeElement
  if (!here?.closest('[role=dialog]')) last = here
  return last
}

/** What is under way in a form, and what stops it: without that, its answer must be waited for and read. */
export interface UnderWay {
  stop: (() => void) | undefined
}

/** Where the foot of a form tells the dialog around it what is under way. */
export const Telling = createContext<(underWay: UnderWay | undefined) => void>(() => undefined)

/**
 * A dialog that is there only while open; the focus goes back to what opened it, or to the page if that is gone. What was
 * typed is not thrown away by a slip: a click beside does nothing then, Escape and the cross ask first. While a change is
 * under way nothing is left to throw away: they stop it where it can be stopped; where it cannot, its answer is waited for
 * as long as there is a connection. The browser's Back leaves neither of the two behind.
 */
export function Dialog({ title, close, width = 520, locked = false, children }: Props): ReactNode {
  const [opener] = useState(findOpener)
  const content = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLElement>(null)
  const [underWay, tell] = useState<UnderWay>()
  const [sent, setSent] = useState(false)
  const [asking, setAsking] = useState<{ of: UnderWay | undefined }>()
  const away = useConnection().status !== 'live'
  useEffect(
    () => () => {
      // Once the page is as it is without the dialog: the button that opened it may have gone with what it did.
      setTimeout(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
        // Where it is: its top may be far above what one did and wants to see.
        else document.querySelector<HTMLElement>('#page')?.focus({ preventScroll: true })
      })
    },
    [opener],
  )
  if (underWay && !sent) setSent(true)
  // The question is over with what it was about.
  const leaving = asking !== undefined && asking.of === underWay
  useEffect(() => {
    if (leaving || !field.current) return
    // A later step of a form hides the field: its button is where one was.
    const back = field.current.checkVisibility() ? field.current : content.current?.querySelector('[type=submit]')
    if (back instanceof HTMLElement) back.focus()
  }, [leaving])

  function note(event: FormEvent<HTMLElement>): void {
    if (event.target instanceof HTMLElement) field.current = event.target
  }

  // As it stands when one leaves: a button too may have put words there, or taken their field away.
  const isTyped = () => content.current !== null && holdsText(content.current)

  // Without a connection an answer may never come.
  const mayLeave = () => (underWay ? away : isTyped())

  function leave(): void {
    if (locked) return
    if (underWay?.stop) underWay.stop()
    else if (leaving) setAsking(undefined)
    else if (mayLeave()) setAsking({ of: underWay })
    else if (!underWay) close()
  }

  useBlocker({
    shouldBlockFn() {
      if (!locked && !underWay && !isTyped()) return false
      if (underWay?.stop) underWay.stop()
      else if (!locked && mayLeave()) setAsking({ of: underWay })
      return true
    },
    enableBeforeUnload: false,
  })

  function clickBeside(): void {
    if (!locked && !underWay && !isTyped()) close()
  }

  return (
    <Modal
      closeOnClickOutside={false}
      onClose={leave}
      opened
      overlayProps={{ onClick: clickBeside }}
      size={width}
      title={title}
    >
      {leaving ? (
        <Leave keep={() => setAsking(undefined)} leave={close} what={underWay ? 'answer' : sent ? 'sent' : 'typed'} />
      ) : null}
      <div hidden={leaving} onInput={note} ref={content}>
        <Telling value={tell}>{children}</Telling>
      </div>
    </Modal>
  )
}
