import { useMemo } from 'react'
import { useQuery } from 'urql'

import { SessionFields, type Session } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { reached } from '../api/position.ts'
import { useFollow } from '../api/useFollow.ts'
import { ViewerEvents } from '../api/viewer.ts'
import { useNow } from '../kit/now.ts'
import { isLive } from '../kit/words.ts'

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

/** Follows all sessions and oneself for as long as the console is open; the cache does the rest. */
export function useEverySession(): void {
  useFollow(SessionEvents, {}, { on: ({ sessionEvents }) => reached(sessionEvents.position) })
  useFollow(ViewerEvents, {})
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
