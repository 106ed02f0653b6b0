import type { ReactNode } from 'react'

import type { Session } from '../api/fragments.ts'
import { Countdown } from '../kit/Countdown.tsx'
import { useNow } from '../kit/now.ts'
import css from './session.module.css'

const RADIUS = 9
const LENGTH = 2 * Math.PI * RADIUS

/** The time left as a ring that empties, and in figures. */
export function Left({ session }: { session: Session }): ReactNode {
  const now = useNow()
  if (session.expiresAt === null || session.startedAt === null) return null
  const end = Date.parse(session.expiresAt)
  const share = Math.min(1, Math.max(0, (end - now) / (end - Date.parse(session.startedAt))))
  return (
    <span className={`${css['left']} figures`}>
      <svg aria-hidden="true" className={css['ring']} height="22" viewBox="0 0 22 22" width="22">
        <circle cx="11" cy="11" fill="none" r={RADIUS} stroke="var(--hairline)" strokeWidth="3" />
        <circle
          cx="11"
          cy="11"
          fill="none"
          r={RADIUS}
          stroke="var(--amber-line)"
          strokeDasharray={`${LENGTH * share} ${LENGTH}`}
          strokeWidth="3"
        />
      </svg>
      <Countdown until={session.expiresAt} />
    </span>
  )
}
