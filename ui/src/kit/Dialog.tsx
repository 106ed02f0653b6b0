import { Modal } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'

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

/** A dialog that is there only while open; the focus goes back to what opened it, or to the page if that is gone. */
export function Dialog({ title, close, width = 520, children }: Props): ReactNode {
  const [opener] = useState(findOpener)
  useEffect(
    () => () => {
      // Once the page is as it is without the dialog: the button that opened it may have gone with what it did.
      setTimeout(() => {
        const target = opener?.isConnected ? opener : document.querySelector('#page')
        if (target instanceof HTMLElement) target.focus()
      })
    },
    [opener],
  )
  return (
    <Modal onClose={close} opened size={width} title={title}>
      {children}
    </Modal>
  )
}
