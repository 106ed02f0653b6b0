import type { ReactNode } from 'react'

import { BusyButton } from './BusyButton.tsx'
import css from './page.module.css'
import { count } from './text.ts'

/** The end of a list: how many are shown, and the rest. */
export function More(props: {
  shown: number
  noun: string
  page: { hasNextPage: boolean; endCursor: string | null } | undefined
  busy: boolean
  more: (cursor: string | null) => void
}): ReactNode {
  const { page } = props
  return (
    <div className={css['more']}>
      {page?.hasNextPage ? (
        <BusyButton busy={props.busy} onClick={() => props.more(page.endCursor)} variant="default">
          Load more
        </BusyButton>
      ) : null}
      <span aria-live="polite">
        {count(props.shown, props.noun)}
        {page?.hasNextPage ? ' so far' : ''}
      </span>
    </div>
  )
}
