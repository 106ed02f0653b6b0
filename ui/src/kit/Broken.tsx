import type { ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Copy } from './Copy.tsx'
import { Empty } from './States.tsx'

/** In place of what could not be fetched, or made a mistake: what happened, and what to do. */
export function Broken({ error }: ErrorComponentProps): ReactNode {
  return (
    <Empty
      action={
        <>
          <a href={location.href}>Load the page again</a>
          <Copy text={report(error)} what="what happened" word="Copy what happened" />
        </>
      }
      title={isMissing(error) ? 'This part of the console is not there' : 'The console made a mistake'}
    >
      {isMissing(error)
        ? 'It could not be fetched: the console may have been updated since you loaded it. Load the page again; nothing that you did is lost.'
        : 'Load the page again, and see whether what you did last was done. If it comes back, tell whoever runs Actas what happened.'}
    </Empty>
  )
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && /imported module|importing a module|preload CSS/i.test(error.message)

const report = (error: unknown): string =>
  `${location.pathname}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
