import { useMemo } from 'react'
import { useQuery, useSubscription } from 'urql'

import { SessionFields, type Session } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useNow } from '../kit/now.ts'
import { isLive } from '../kit/words.ts'
import { ViewerQuery } from './viewer.tsx'

const SessionEvents = graphql(
  `
    subscription SessionEvents($after: String) {
      sessionEvents(after: $after) {
        change
        at
        position
        session {
          ...SessionFields
        }
      }
    }
  `,
  [SessionFields],
)

const LiveSessions = graphql(
  `
    query LiveSessions {
      impersonationSessions(first: 200, filter: { states: [ACTIVE] }) {
        nodes {
          ...SessionFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [SessionFields],
)

/**
 * Follows all sessions for as long as the console is open; the cache does the rest.
 *
 * Whether a session of one's own was started in this browser or another, only the server can tell: it is asked.
 */
export function useSessionEvents(viewer: { id: string; inside: Session | null }): void {
  const [, askViewer] = useQuery({ query: ViewerQuery, pause: true })
  useSubscription({ query: SessionEvents }, (_previous, data) => {
    const { change, session } = data.sessionEvents
    const mine = session?.operator.id === viewer.id && session.id !== viewer.inside?.id
    if (mine && (change === 'STARTED' || change === 'SNAPSHOT')) askViewer({ requestPolicy: 'network-only' })
    return data
  })
}

/** Everybody who is inside a tenant now, the latest first. */
export function useLiveSessions() {
  const now = useNow()
  const [query, reload] = useQuery({ query: LiveSessions })
  const nodes = query.data?.impersonationSessions?.nodes
  const sessions: Session[] = useMemo(
    () =>
      (nodes ?? [])
        .filter((session) => isLive(session, now))
        .toSorted((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? '')),
    [nodes, now],
  )
  return { sessions, more: query.data?.impersonationSessions?.pageInfo.hasNextPage ?? false, query, reload }
}
