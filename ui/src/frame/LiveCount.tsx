import type { ReactNode } from 'react'

import css from './frame.module.css'
import { useLiveSessions } from './sessions.ts'

/** How many operators are inside a tenant now. */
export function LiveCount(): ReactNode {
  const { sessions, more, query } = useLiveSessions()
  if (!query.data) return null
  const count = `${sessions.length}${more ? '+' : ''}`
  return (
    <span className={`${css['count']} figures`} data-live={sessions.length > 0 || undefined}>
      {count}
      <span className="unseen"> live now</span>
    </span>
  )
}
