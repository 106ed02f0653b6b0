import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import type { Session } from '../api/fragments.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Icon } from '../kit/icons.tsx'
import { Ago } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import { count } from '../kit/text.ts'
import { Ticket } from '../kit/Ticket.tsx'
import { modeWord } from '../kit/words.ts'
import { Left } from './Left.tsx'
import { Pace } from './Pace.tsx'
import { Revoke } from './Revoke.tsx'
import css from './session.module.css'

/** A live session: who is where, why, how, how long still and how busy; and the way to end it for who may. */
export function SessionCard({ session, named = false }: { session: Session; named?: boolean }): ReactNode {
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
        “{session.reason}”<Ticket of={session.ticket} />
      </p>
      <div className={page['cardHead']}>
        <span className="muted small figures">
          {modeWord(session.mode)}
          {session.startedAt ? (
            <>
              {' '}
              · entered <Ago at={session.startedAt} />
            </>
          ) : null}
        </span>
        <Pace session={session} />
      </div>
      <div className={page['cardFoot']}>
        <span className="muted small figures">
          {count(session.requestCount, 'request')}
          {session.lastSeenAt ? (
            <>
              , the last <Ago at={session.lastSeenAt} />
            </>
          ) : null}{' '}
          · <SessionLink session={session}>Follow</SessionLink>
        </span>
        <Revoke session={session} />
      </div>
    </article>
  )
}

/** To the session's own page, named so that it is told apart by voice. */
export function SessionLink({ session, children }: { session: Session; children: ReactNode }): ReactNode {
  return (
    <Link
      aria-label={`Follow ${session.operator.name} in ${session.tenant.name}`}
      params={{ uuid: session.uuid }}
      to="/sessions/$uuid"
    >
      {children}
    </Link>
  )
}
