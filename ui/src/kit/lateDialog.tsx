import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router'
import { createContext, lazy, Suspense, use, type ComponentType, type ReactNode } from 'react'

import { Broken } from './Broken.tsx'
import { Dialog } from './Dialog.tsx'
import { late } from './late.ts'
import { useGone } from './useGone.ts'

interface Closes {
  close: () => void
}

const Closing = createContext<() => void>(() => undefined)

/** A dialog that is fetched when it is needed. Where that fails, it says so in its place: the page behind it stays as it is. */
export function lateDialog<Props extends Closes>(load: () => Promise<{ default: ComponentType<Props> }>): ComponentType<Props> {
  const Fetched = lazy(late(load))
  return function Late(props: Props): ReactNode {
    const gone = useGone()
    // Left while its answer was awaited, it does not close what another one opened since.
    const close = () => (gone() ? undefined : props.close())
    return (
      <Guarded close={close}>
        <Suspense>
          <Fetched {...props} close={close} />
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
    <Dialog close={use(Closing)} title="This did not work">
      <Broken {...props} />
    </Dialog>
  )
}
