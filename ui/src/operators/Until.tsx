import type { ReactNode } from 'react'

import { Countdown } from '../kit/Countdown.tsx'
import { useNow } from '../kit/now.ts'
import { clock, date, instant } from '../kit/time.ts'
import type { Operator } from './operators.ts'

type Grant = NonNullable<Operator['roleGrants']>[number]
const LAST_HOUR = 3_600_000

/** In force by the clock too: a role whose time is up counts no longer, whoever has written that down. */
export const inForce = ({ expiresAt }: Pick<Grant, 'expiresAt'>, now: number): boolean =>
  expiresAt === null || Date.parse(expiresAt) > now

/** Until when a role is held: by the day, by the second in its last hour, and over at the moment that it is. */
export function Until({ of: { expiresAt } }: { of: Pick<Grant, 'expiresAt'> }): ReactNode {
  const left = Date.parse(expiresAt ?? '') - useNow()
  if (expiresAt === null) return 'for good'
  if (left <= 0) return <span title={instant(expiresAt)}>over since {clock(expiresAt)} UTC</span>
  if (left > LAST_HOUR) return <span title={instant(expiresAt)}>until {date(expiresAt)}</span>
  return (
    <span title={instant(expiresAt)}>
      until {clock(expiresAt)} UTC, <Countdown until={expiresAt} /> left
    </span>
  )
}
