import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Icon, type IconName } from '../kit/icons.tsx'
import { localOffset } from '../kit/time.ts'
import css from './frame.module.css'
import { useLiveSessions } from './sessions.ts'
import { useViewer } from './viewer.tsx'

export function Sidebar(): ReactNode {
  const { may } = useViewer()
  return (
    <aside className={css['side']}>
      <Link aria-label="Actas" className={css['mark']} to="/tenants">
        <Mark />
        <span>Actas</span>
      </Link>
      <nav aria-label="Console" className={css['nav']}>
        <Place icon="tenants" name="Tenants" to="/tenants" />
        <Place icon="live" name="Live" to="/live">
          <LiveCount />
        </Place>
        {may('AUDIT_READ') ? <Place icon="ledger" name="Ledger" to="/ledger" /> : null}
        {/* A page of its own, with an editor that the console does without. */}
        <a href="/graphql">
          <Icon name="braces" />
          GraphiQL
        </a>
      </nav>
      <p className={css['foot']}>
        Times are in UTC.
        <br />
        Your clock is {localOffset()}.
      </p>
    </aside>
  )
}

function Place(props: {
  icon: IconName
  name: string
  to: '/tenants' | '/live' | '/ledger'
  children?: ReactNode
}): ReactNode {
  return (
    <Link activeProps={{ 'aria-current': 'page' }} to={props.to}>
      <Icon name={props.icon} />
      {props.name}
      {props.children}
    </Link>
  )
}

function LiveCount(): ReactNode {
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

function Mark(): ReactNode {
  return (
    <svg aria-hidden="true" height="22" viewBox="0 0 24 24" width="22">
      <circle cx="12" cy="12" fill="none" r="9" stroke="var(--grey-fill)" strokeWidth="2" />
      <circle cx="12" cy="12" fill="var(--amber-line)" r="4" />
    </svg>
  )
}
