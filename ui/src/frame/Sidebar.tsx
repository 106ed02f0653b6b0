import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { localOffset } from '../kit/time.ts'
import css from './frame.module.css'
import { placesFor } from './places.ts'
import { useViewer } from './viewer.tsx'

export function Sidebar(): ReactNode {
  const { may } = useViewer()
  const places = placesFor(may)
  return (
    <aside className={css['side']}>
      <div className={css['places']}>
        <Link aria-label="Actas" className={css['mark']} to="/tenants">
          <Mark />
          <span>Actas</span>
        </Link>
        <nav aria-label="Console" className={css['nav']}>
          {GROUPS.map((group) => (
            <ul key={group}>
              {places
                .filter((place) => place.group === group)
                .map(({ name, to, icon, Count }) => (
                  <li key={to}>
                    <Link activeOptions={{ includeSearch: false }} activeProps={{ 'aria-current': 'page' }} to={to}>
                      <Icon name={icon} />
                      {name}
                      {Count ? <Count /> : null}
                    </Link>
                  </li>
                ))}
              {group === 'platform' ? (
                <li>
                  {/* A page of its own, with an editor that the console does without. */}
                  <a href="/graphql">
                    <Icon name="braces" />
                    GraphiQL
                  </a>
                </li>
              ) : null}
            </ul>
          ))}
        </nav>
      </div>
      <p className={css['foot']}>
        Times are in UTC. <br />
        Your clock is {localOffset()}.
      </p>
    </aside>
  )
}

const GROUPS = ['tenants', 'platform'] as const

function Mark(): ReactNode {
  return (
    <svg aria-hidden="true" height="22" viewBox="0 0 24 24" width="22">
      <circle cx="12" cy="12" fill="none" r="9" stroke="var(--grey-fill)" strokeWidth="2" />
      <circle cx="12" cy="12" fill="var(--amber-line)" r="4" />
    </svg>
  )
}
