import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

import { Dialog } from './Dialog.tsx'
import { Empty } from './States.tsx'

interface Props {
  title: string
  close: () => void
  /** How it is now. */
  now: string
  children: ReactNode
}

/** In place of a dialog that has nothing left to do, since somebody else did it while this one was open. */
export function Overtaken({ title, close, now, children }: Props): ReactNode {
  return (
    <Dialog close={close} title={title}>
      <div role="status">
        <Empty action={<Button onClick={close}>Close</Button>} title={now}>
          {children}
        </Empty>
      </div>
    </Dialog>
  )
}
