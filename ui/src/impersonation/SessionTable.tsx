import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import type { Session } from '../api/fragments.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Countdown } from '../kit/Countdown.tsx'
import { Utc } from '../kit/Moment.tsx'
import { useNow } from '../kit/now.ts'
import page from '../kit/page.module.css'
import { Pill } from '../kit/Pill.tsx'
import { Ticket } from '../kit/Ticket.tsx'
import { clockAfter, instant, lasting } from '../kit/time.ts'
import { causeSign, isLive, modeWord } from '../kit/words.ts'
import css from './session.module.css'

/** One row a session. `brief` leaves out what a narrow column has no room for; `across` names the tenant of each. */
export function SessionTable({
  sessions,
  brief = false,
  across = false,
}: {
  sessions: readonly Session[]
  brief?: boolean
  across?: boolean
}): ReactNode {
  const now = useNow()
  const longest = Math.max(1, ...sessions.map((session) => seconds(session, now) ?? 0))
  return (
    <div className={page['scroll']}>
      <table className={`${page['table']} ${css['sessions']}`}>
        <caption className="unseen">Sessions</caption>
        <thead>
          <tr>
            <th scope="col">{across ? 'Tenant' : 'Operator'}</th>
            <th scope="col">Reason</th>
            {brief ? null : <th scope="col">Mode</th>}
            <th scope="col">Start, UTC</th>
            <th scope="col">End, UTC</th>
            <th scope="col">How it ended</th>
            {brief ? null : (
              <>
                <th className={page['number']} scope="col">
                  Duration
                </th>
                <th className={page['number']} scope="col">
                  Requests
                </th>
                <th className={page['number']} scope="col" title="Requests that could write">
                  Writes
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <Row across={across} brief={brief} key={session.id} longest={longest} now={now} session={session} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row(props: { session: Session; now: number; brief: boolean; across: boolean; longest: number }): ReactNode {
  const { session, now, brief } = props
  return (
    <tr className={hasArrived(session.id) ? 'arrived' : ''}>
      <td>
        <span className={page['person']}>
          {props.across ? null : <Avatar live={isLive(session, now)} name={session.operator.name} />}
          <Link params={{ uuid: session.uuid }} to="/sessions/$uuid">
            {props.across ? session.tenant.name : session.operator.name}
          </Link>
        </span>
      </td>
      <td className={page['cut']} title={session.reason}>
        {session.reason}
        <Ticket of={session.ticket} />
      </td>
      {brief ? null : <td className="time small">{modeWord(session.mode)}</td>}
      <td>
        <Utc at={session.startedAt ?? session.requestedAt} brief={brief} />
      </td>
      <td className="figures">
        <End now={now} session={session} />
      </td>
      <td className={`${css['cause']} figures`}>{session.endCause ? <Pill plain sign={causeSign(session.endCause)} /> : null}</td>
      {brief ? null : (
        <>
          <td className={`${page['number']} figures`}>
            <Lasted longest={props.longest} now={now} session={session} />
          </td>
          <td className={`${page['number']} figures`}>{session.requestCount}</td>
          <td className={`${page['number']} figures`}>
            {session.writeCount > 0 ? <strong>{session.writeCount}</strong> : <span className="muted">0</span>}
          </td>
        </>
      )}
    </tr>
  )
}

/** How a session stands: what is left, when it ended, or that its time is up and its end not yet heard. */
function End({ session, now }: { session: Session; now: number }): ReactNode {
  if (session.endedAt) {
    return (
      <time className="mono time" dateTime={session.endedAt} title={instant(session.endedAt)}>
        {clockAfter(session.startedAt ?? session.requestedAt, session.endedAt)}
      </time>
    )
  }
  if (isLive(session, now) && session.expiresAt) {
    return (
      <span className={css['live']}>
        <Countdown until={session.expiresAt} /> left
      </span>
    )
  }
  return (
    <span className="muted">
      {session.state === 'ACTIVE' ? 'time is up' : session.state.toLowerCase().replace('_', ' ')}
    </span>
  )
}

/** A duration as a bar to the scale of the longest, and in words. */
function Lasted({ session, now, longest }: { session: Session; now: number; longest: number }): ReactNode {
  const lasted = seconds(session, now)
  if (lasted === null) return null
  return (
    <span className={css['lasted']}>
      <span className="time">{lasting(lasted)}</span>
      <span className={css['bar']} data-live={isLive(session, now) || undefined}>
        <span style={{ width: `${(100 * lasted) / longest}%` }} />
      </span>
    </span>
  )
}

/** How long it lasted, or has lasted so far; never longer than it could. */
function seconds(session: Session, now: number): number | null {
  if (session.startedAt === null) return null
  if (session.endedAt !== null) return (Date.parse(session.endedAt) - Date.parse(session.startedAt)) / 1000
  const until = session.expiresAt === null ? now : Math.min(now, Date.parse(session.expiresAt))
  return Math.max(0, (until - Date.parse(session.startedAt)) / 1000)
}
