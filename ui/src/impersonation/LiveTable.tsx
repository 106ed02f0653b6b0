import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import type { Session } from '../api/fragments.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Ago } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import { modeWord } from '../kit/words.ts'
import { Left } from './Left.tsx'
import { Pace } from './Pace.tsx'
import { Revoke } from './Revoke.tsx'

/** The board as rows, for when many are inside at once. */
export function LiveTable({ sessions }: { sessions: readonly Session[] }): ReactNode {
  return (
    <div className={page['scroll']}>
      <table className={page['table']}>
        <caption className="unseen">Live sessions</caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">Tenant</th>
            <th scope="col">Reason</th>
            <th scope="col">Mode</th>
            <th scope="col">Left</th>
            <th scope="col">Requests</th>
            <th scope="col">Last request</th>
            <th scope="col">
              <span className="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr className={hasArrived(session.id) ? 'arrived' : ''} key={session.id}>
              <td>
                <span className={page['person']}>
                  <Avatar live name={session.operator.name} />
                  <Link params={{ uuid: session.uuid }} to="/sessions/$uuid">
                    {session.operator.name}
                  </Link>
                </span>
              </td>
              <td className="time">
                <Link params={{ slug: session.tenant.slug }} to="/tenants/$slug">
                  {session.tenant.name}
                </Link>
              </td>
              <td className={page['cut']} title={session.reason}>
                {session.reason}
              </td>
              <td className="time small">{modeWord(session.mode)}</td>
              <td>
                <Left session={session} />
              </td>
              <td>
                <Pace session={session} />
              </td>
              <td className="figures">
                {session.lastSeenAt ? <Ago at={session.lastSeenAt} /> : <span className="muted">none yet</span>}
              </td>
              <td>
                <Revoke session={session} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
