import type { ReactNode } from 'react'

import css from './kit.module.css'
import { initials } from './text.ts'

/** The initials of a person whose name stands beside it, or in `title` where there is no room. */
export function Avatar({ name, live = false }: { name: string; live?: boolean }): ReactNode {
  return (
    <span aria-hidden="true" className={css['avatar']} data-live={live || undefined} title={name}>
      {initials(name)}
    </span>
  )
}
