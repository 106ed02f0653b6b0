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
      <Closing value={props.close}>
        <CatchBoundary errorComponent={BrokenDialog} getResetKey={() => 0}>
          <Suspense>
            <Fetched {...props} />
          </Suspense>
        </CatchBoundary>
      </Closing>
    )
  }
}

function BrokenDialog(props: ErrorComponentProps): ReactNode {
  return (
    <Dialog close={use(Closing)} title="Not done">
      <Broken {...props} />
    </Dialog>
  )
}
