import type { ReactNode } from 'react'

import { count } from '../kit/text.ts'
import { clock } from '../kit/time.ts'
import type { Happening, Route } from './timeline.ts'
import css from './timeline.module.css'

/** Requests that came together: one line a route, writes first and bold, each opening to the requests themselves. */
export function Burst({ of }: { of: Extract<Happening, { kind: 'burst' }> }): ReactNode {
  const writes = of.writes > 0 ? `, ${of.writes} could write` : ''
  return (
    <div className={css['burst']}>
      <time className="mono time" dateTime={of.from}>
        {clock(of.from)}
      </time>
      <span className={css['dot']} />
      <div>
        <p className="muted small">
          {count(of.requests, 'request')}
          {writes}
          {of.from === of.to ? '' : `, until ${clock(of.to)}`}
        </p>
        {of.routes.map((route) => (
          <RouteLine key={`${route.method} ${route.name} ${route.wrote}`} route={route} />
        ))}
      </div>
    </div>
  )
}

function RouteLine({ route }: { route: Route }): ReactNode {
  return (
    <details className={css['route']} data-wrote={route.wrote || undefined}>
      <summary>
        <span className="mono">
          {route.method} {route.name}
        </span>
        {route.requests.length > 1 ? <span className="muted"> ×{route.requests.length}</span> : null}
        {route.wrote ? <span className={css['wrote']}>could write</span> : null}
        {route.failed > 0 ? <span className={css['failed']}>{route.failed} failed</span> : null}
      </summary>
      <ul>
        {route.requests.map((request) => (
          <li key={request.id}>
            <time className="mono time" dateTime={request.at}>
              {clock(request.at)}
            </time>
            <span className={`${css['path']} mono`}>{request.path}</span>
            <span className={request.status >= 400 ? css['failed'] : 'muted'}>{request.status}</span>
            <span className="muted time">{Math.round(request.durationMs)} ms</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
