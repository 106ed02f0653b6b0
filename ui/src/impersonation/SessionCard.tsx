import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState, type ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import type { Session } from '../api/fragments.ts'
import { useViewer } from '../frame/viewer.tsx'
import { Avatar } from '../kit/Avatar.tsx'
import { Countdown } from '../kit/Countdown.tsx'
import { Icon } from '../kit/icons.tsx'
import { Ago } from '../kit/Moment.tsx'
import { useNow } from '../kit/now.ts'
import page from '../kit/page.module.css'
import { count } from '../kit/text.ts'
import { modeWord } from '../kit/words.ts'
import css from './session.module.css'

const RevokeDialog = lazy(() => import('./RevokeDialog.tsx'))

/** A live session: who is where, why, how, how long still; and the way to end it for who may. */
export function SessionCard({ session, named = false }: { session: Session; named?: boolean }): ReactNode {
  const { may } = useViewer()
  const [revoking, setRevoking] = useState(false)
  return (
    <article
      aria-label={`${session.operator.name} inside ${session.tenant.name}`}
      className={`${page['card']} ${hasArrived(session.id) ? 'arrived' : ''}`}
    >
      <div className={page['cardHead']}>
        <span className={page['person']}>
          <Avatar live name={session.operator.name} />
          <strong>{session.operator.name}</strong>
          {named ? (
            <>
              <Icon name="chevron" size={12} />
              <Link params={{ slug: session.tenant.slug }} to="/tenants/$slug">
                {session.tenant.name}
              </Link>
            </>
          ) : null}
        </span>
        <Left session={session} />
      </div>
      <p className={css['quote']}>
        “{session.reason}”{session.ticket ? <span className="muted"> · {session.ticket}</span> : null}
      </p>
      <div className={page['cardFoot']}>
        <span className="muted small">
          {modeWord(session.mode)} · {session.startedAt ? <Ago at={session.startedAt} /> : null} ·{' '}
          <span className="figures">{count(session.requestCount, 'request')}</span>
        </span>
        {may('IMPERSONATION_REVOKE') ? (
          <Button
            aria-label={`Revoke… ${session.operator.name}’s session in ${session.tenant.name}`}
            color="red"
            onClick={() => setRevoking(true)}
            size="compact-sm"
            variant="outline"
          >
            Revoke…
          </Button>
        ) : null}
      </div>
      <Suspense>{revoking ? <RevokeDialog close={() => setRevoking(false)} session={session} /> : null}</Suspense>
    </article>
  )
}

const RADIUS = 9
const LENGTH = 2 * Math.PI * RADIUS

/** The time left as a ring that empties, and in figures. */
function Left({ session }: { session: Session }): ReactNode {
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
