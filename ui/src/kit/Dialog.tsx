import { Button, Modal } from '@mantine/core'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'

import { holdsText } from '../api/typed.ts'
import css from './kit.module.css'

interface Props {
  title: string
  close: () => void
  width?: number
  children: ReactNode
}

/** What opened the last dialog: one that takes another's place was opened by the same. */
let last: Element | null = null

function findOpener(): Element | null {
  const here = document.activeElement
  if (!here?.closest('[role=dialog]')) last = here
  return last
}

/**
 * A dialog that is there only while open; the focus goes back to what opened it, or to the page if that is gone. What was
 * typed is not thrown away by a slip: a click beside does nothing then, Escape and the cross ask first.
 */
export function Dialog({ title, close, width = 520, children }: Props): ReactNode {
  const [opener] = useState(findOpener)
  const content = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLElement>(null)
  const [typed, setTyped] = useState(false)
  const [leaving, setLeaving] = useState(false)
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
  useEffect(() => {
    if (leaving || !field.current) return
    // A later step of a form hides the field: its button is where one was.
    const back = field.current.checkVisibility() ? field.current : content.current?.querySelector('[type=submit]')
    if (back instanceof HTMLElement) back.focus()
  }, [leaving])

  function note(event: FormEvent<HTMLElement>): void {
    if (event.target instanceof HTMLElement) field.current = event.target
    setTyped(holdsText(event.currentTarget))
  }

  return (
    <Modal
      closeOnClickOutside={!typed}
      onClose={typed ? () => setLeaving((before) => !before) : close}
      opened
      size={width}
      title={title}
    >
      {leaving ? <Leave keep={() => setLeaving(false)} leave={close} /> : null}
      <div hidden={leaving} onInput={note} ref={content}>
        {children}
      </div>
    </Modal>
  )
}

const focus = (button: HTMLElement | null) => button?.focus()

/** The question that stands in place of a form meanwhile; Escape answers it as the safer button does. */
function Leave({ keep, leave }: { keep: () => void; leave: () => void }): ReactNode {
  return (
    <div className={css['stack']}>
      <p role="alert">Discard what you typed? Nothing of it was sent.</p>
      <div className={css['dialogFoot']}>
        <Button onClick={leave} variant="default">
          Discard
        </Button>
        <Button onClick={keep} ref={focus}>
          Keep typing
        </Button>
      </div>
    </div>
  )
}
