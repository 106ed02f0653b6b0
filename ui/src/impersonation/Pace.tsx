import { useEffect, type ReactNode } from 'react'

import { graphql } from '../api/graphql.ts'
import { knownFrom, noteEarlier, pace } from '../api/pace.ts'
import type { Session } from '../api/fragments.ts'
import { useViewer } from '../frame/viewer.tsx'
import { useBeside } from '../kit/away.ts'
import { useNow } from '../kit/now.ts'
import { instant } from '../kit/time.ts'
import css from './session.module.css'

const LastRequests = graphql(`
  query LastRequests($uuid: UUID!) {
    impersonationSession(uuid: $uuid) {
      id
      accessLog(first: 200) {
        nodes {
          id
          at
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`)

const STRETCH = 30_000
const STRETCHES = 20
const MINUTE = 60_000
const HEIGHT = 22
const WIDTH = 3

/**
 * Requests of the last ten minutes as a line of bars, and in the last minute as a figure. What is not known is not drawn:
 * without the access log nothing, and of a very busy session no more than one page of it goes back.
 */
export function Pace({ session }: { session: Session }): ReactNode {
  const { may } = useViewer()
  const data = useBeside({
    query: LastRequests,
    variables: { uuid: session.uuid },
    pause: !may('ACCESS_LOG_READ'),
  })
  const log = data?.impersonationSession?.accessLog
  useEffect(() => {
    if (!log) return
    noteEarlier(
      session.id,
      log.nodes.map(({ at }) => Date.parse(at)),
      !log.pageInfo.hasNextPage,
    )
  }, [log, session.id])

  const now = useNow()
  const from = knownFrom(session.id)
  if (from === undefined) return <Unknown />
  const counts = pace(session.id, now, STRETCHES, STRETCH)
  const most = Math.max(4, ...counts)
  const lastMinute = counts.slice(-2).reduce((sum, each) => sum + each, 0)
  return (
    <span className={`${css['pace']} figures`} title={`Requests ${since(from, now)}`}>
      <svg
        aria-hidden="true"
        height={HEIGHT}
        viewBox={`0 0 ${STRETCHES * (WIDTH + 1)} ${HEIGHT}`}
        width={STRETCHES * (WIDTH + 1)}
      >
        {counts.map((each, index) => {
          const height = each === 0 ? 1 : Math.max(3, (HEIGHT * each) / most)
          const place = `${STRETCHES - index}`
          if (from > now - (STRETCHES - index) * STRETCH) return null
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
      <span className="muted small time">
        {from > now - MINUTE ? 'more than ' : ''}
        {lastMinute} a minute
      </span>
    </span>
  )
}

const since = (from: number, now: number): string =>
  from > now - STRETCHES * STRETCH ? `from ${instant(from)} on, there were more before` : 'in the last ten minutes'

function Unknown(): ReactNode {
  return (
    <span className="muted" title="Requests in the last ten minutes: not known">
      –
    </span>
  )
}
