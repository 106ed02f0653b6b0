import type { ReactNode } from 'react'

import css from './kit.module.css'

/** A definition list. */
export function Facts({ children }: { children: ReactNode }): ReactNode {
  return <dl className={css['facts']}>{children}</dl>
}

/** One line of it; what is not known is left out. */
export function Fact({ term, children }: { term: ReactNode; children: ReactNode }): ReactNode {
  if (children === null || children === undefined) return null
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}
