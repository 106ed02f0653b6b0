import type { ReactNode } from 'react'

import css from './kit.module.css'

/** A definition list; what is not known is left out by giving `null`. */
export function Facts({ of }: { of: readonly (readonly [term: string, value: ReactNode])[] }): ReactNode {
  return (
    <dl className={css['facts']}>
      {of.map(([term, value]) =>
        value === null || value === undefined ? null : (
          <div key={term} style={{ display: 'contents' }}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
