import type { ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import { Avatar } from './Avatar.tsx'
import { Countdown } from './Countdown.tsx'
import { useNow } from './now.ts'
import css from './page.module.css'
import { isLive } from './words.ts'

interface Inside {
  id: string
  state: 'ACTIVE' | 'PENDING_APPROVAL' | 'ENDED' | 'DENIED' | 'LAPSED'
  expiresAt: string | null
  operator: { name: string }
  tenant: { name: string }
}

/** Who is inside a tenant now, and for how long at most; `across` tenants of one person, where they are. */
export function InsideNow({ sessions, across = false }: { sessions: readonly Inside[]; across?: boolean }): ReactNode {
  const now = useNow()
  const live = sessions.filter((session) => isLive(session, now))
  return (
    <span className={css['people']}>
      {live.map((session) => (
        <span
          className={`${css['inside']} ${hasArrived(session.id) ? 'arrived' : ''} figures`}
          data-across={across || undefined}
          key={session.id}
        >
          {across ? (
            <span title={session.tenant.name}>{session.tenant.name}</span>
          ) : (
            <>
              <Avatar live name={session.operator.name} />
              <span className="unseen">{session.operator.name} is inside, time left: </span>
            </>
          )}
          {session.expiresAt ? <Countdown until={session.expiresAt} /> : null}
        </span>
      ))}
    </span>
  )
}
