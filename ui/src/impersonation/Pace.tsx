import { useEffect, type ReactNode } from 'react'

import { graphql } from '../api/graphql.ts'
import { noteEarlier, pace } from '../api/pace.ts'
import type { Session } from '../api/fragments.ts'
import { useViewer } from '../frame/viewer.tsx'
import { useBeside } from '../kit/away.ts'
import { useNow } from '../kit/now.ts'
import css from './session.module.css'

const LastRequests = graphql(`
  query LastRequests($uuid: UUID!) {
    impersonationSession(uuid: $uuid) {
      id
      accessLog(first: 100) {
        nodes {
          id
          at
        }
      }
    }
  }
`)

const STRETCH = 30_000
const STRETCHES = 20
const HEIGHT = 22
const WIDTH = 3

/** Requests of the last ten minutes as a line of bars, and in the last minute as a figure. */
export function Pace({ session }: { session: Session }): ReactNode {
  const { may } = useViewer()
  const data = useBeside({
    query: LastRequests,
    variables: { uuid: session.uuid },
    pause: !may('ACCESS_LOG_READ'),
  })
  const before = data?.impersonationSession?.accessLog?.nodes
  useEffect(() => {
    noteEarlier(
      session.id,
      (before ?? []).map(({ at }) => Date.parse(at)),
    )
  }, [before, session.id])

  const now = useNow()
  const counts = pace(session.id, now, STRETCHES, STRETCH)
  const most = Math.max(4, ...counts)
  const lastMinute = counts.slice(-2).reduce((sum, each) => sum + each, 0)
  return (
    <span className={`${css['pace']} figures`} title="Requests in the last ten minutes">
      <svg
        aria-hidden="true"
        height={HEIGHT}
        viewBox={`0 0 ${STRETCHES * (WIDTH + 1)} ${HEIGHT}`}
        width={STRETCHES * (WIDTH + 1)}
      >
        {counts.map((each, index) => {
          const height = each === 0 ? 1 : Math.max(3, (HEIGHT * each) / most)
          const place = `${STRETCHES - index}`
          return (
            <rect
              fill={each === 0 ? 'var(--hairline)' : 'var(--amber-line)'}
              height={height}
              key={place}
              width={WIDTH}
              x={index * (WIDTH + 1)}
              y={HEIGHT - height}
            />
          )
        })}
      </svg>
      <span className="muted small time">{lastMinute} a minute</span>
    </span>
  )
}
