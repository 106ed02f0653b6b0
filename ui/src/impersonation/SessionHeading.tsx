import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import type { Session } from '../api/fragments.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Pill } from '../kit/Pill.tsx'
import page from '../kit/page.module.css'
import { Ticket } from '../kit/Ticket.tsx'
import { causeSign, modeWord } from '../kit/words.ts'
import { Left } from './Left.tsx'
import css from './session.module.css'

/** Who was where and why, and how it stands: live with what is left of it, or over and how. */
export function SessionHeading(props: { session: Session; live: boolean; children: ReactNode }): ReactNode {
  const { session, live } = props
  return (
    <header className={page['heading']}>
      <div className={css['title']}>
        <h1>
          <Avatar live={live} name={session.operator.name} /> {session.operator.name} in{' '}
          <Link params={{ slug: session.tenant.slug }} to="/tenants/$slug">
            {session.tenant.name}
          </Link>
        </h1>
        <p className={css['state']} role="status">
          {live ? <Left session={session} /> : null}
          {session.endCause ? <Pill sign={causeSign(session.endCause)} /> : null}
          <span className="muted">{modeWord(session.mode)}</span>
        </p>
        <p className={css['quote']}>
          {session.reason ? `“${session.reason}”` : <span className="muted">No reason was asked for.</span>}
          <Ticket of={session.ticket} />
        </p>
      </div>
      {props.children}
    </header>
  )
}
