import { Button, Skeleton } from '@mantine/core'
import type { CombinedError } from '@urql/core'
import type { ReactNode } from 'react'

import { useRetryWhenBack } from './away.ts'
import { Copy } from './Copy.tsx'
import { Icon } from './icons.tsx'
import css from './kit.module.css'

/** Nothing here: what this is, why it is empty, and what to do next. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}): ReactNode {
  return (
    <div className={css['state']}>
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {action ? <div className={css['actions']}>{action}</div> : null}
    </div>
  )
}

/** Something went wrong: what, and what to do. Forbidden says which permission is missing. */
export function Failed({ error, retry }: { error: CombinedError; retry: () => void }): ReactNode {
  useRetryWhenBack(error, retry)
  const first = error.graphQLErrors[0]
  if (first?.extensions['code'] === 'FORBIDDEN') return <Forbidden>{first.message}</Forbidden>
  const id = first?.extensions['errorId']
  return (
    <div className={css['state']} role="alert">
      <h2>{error.networkError ? 'The server cannot be reached' : 'This could not be loaded'}</h2>
      <p>
        {first?.message ?? (navigator.onLine ? 'It may be restarting. ' : 'You are offline. ')}
        {error.networkError ? 'What you did before is safe; try again in a moment.' : null}
      </p>
      {typeof id === 'string' ? (
        <p>
          Error <code className="mono">{id}</code> <Copy text={id} what="the error id" word="Copy error id" />
        </p>
      ) : null}
      <div className={css['actions']}>
        <Button onClick={retry} variant="default">
          Try again
        </Button>
      </div>
    </div>
  )
}

/** Not for this person: `children` name the permission that is missing. */
export function Forbidden({ children, action }: { children: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <div className={css['state']}>
      <Icon name="lock" size={20} />
      <h2>You may not see this</h2>
      <p>{children}</p>
      {action ? <div className={css['actions']}>{action}</div> : null}
    </div>
  )
}

/** The shape of what is coming, while it comes. */
export function Loading({ rows = 6, what }: { rows?: number; what: string }): ReactNode {
  return (
    <div aria-busy="true" className={css['skeletons']} role="status">
      <span className="unseen">Loading {what}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton height={24} key={row} width={`${96 - ((row * 7) % 24)}%`} />
      ))}
    </div>
  )
}
