import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router'
import { createContext, lazy, Suspense, use, type ComponentType, type ReactNode } from 'react'

import { Broken } from './Broken.tsx'
import { Dialog } from './Dialog.tsx'
import { late } from './late.ts'

interface Closes {
  close: () => void
}

const Closing = createContext<() => void>(() => undefined)

/** A dialog that is fetched when it is needed. Where that fails, it says so in its place: the page behind it stays as it is. */
export function lateDialog<Props extends Closes>(load: () => Promise<{ default: ComponentType<Props> }>): ComponentType<Props> {
  const Fetched = lazy(late(load))
  return function Late(props: Props): ReactNode {
    return (
      <Guarded close={props.close}>
        <Suspense>
          <Fetched {...props} />
        </Suspense>
      </Guarded>
    )
  }
}

/** What breaks within says so in a dialog of its own. */
export function Guarded({ close, children }: Closes & { children: ReactNode }): ReactNode {
  return (
    <Closing value={close}>
      <CatchBoundary errorComponent={BrokenDialog} getResetKey={() => 0}>
        {children}
      </CatchBoundary>
    </Closing>
  )
}

function BrokenDialog(props: ErrorComponentProps): ReactNode {
  return (
    <Dialog close={use(Closing)} title="Not done">
      <Broken {...props} />
    </Dialog>
  )
}
