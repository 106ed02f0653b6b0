import type { CombinedError } from '@urql/core'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'

import { graphql, type ResultOf } from '../api/graphql.ts'
import type { Request } from './timeline.ts'

const Requests = graphql(`
  query Requests($uuid: UUID!, $after: String) {
    impersonationSession(uuid: $uuid) {
      id
      accessLog(first: 200, after: $after) {
        nodes {
          id
          at
          method
          path
          route
          status
          durationMs
          wrote
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

type Page = NonNullable<NonNullable<ResultOf<typeof Requests>['impersonationSession']>['accessLog']>

interface Log {
  known: ReadonlyMap<string, Request>
  /** Where the oldest page that was read ends. */
  end: Page['pageInfo'] | undefined
  busy: boolean
  error: CombinedError | undefined
}

/**
 * The requests of a session, from the newest back as far as one asked, and new ones as they are made.
 *
 * A request never changes, so what came by any page is kept by its id. There is no push of requests: `count` grows (an
 * ACTIVITY hint, once a second at most), and then the newest are asked for.
 */
export function useRequests(uuid: string, count: number, pause: boolean) {
  const client = useClient()
  const [log, setLog] = useState<Log>({ known: new Map(), end: undefined, busy: !pause, error: undefined })
  const read = useCallback(
    async (after: string | null) => {
      const asked = client.query(Requests, { uuid, after }, { requestPolicy: 'network-only' })
      const { data, error } = await asked.toPromise()
      const page = data?.impersonationSession?.accessLog
      setLog(({ known, end }) => ({
        known: page ? new Map([...known, ...page.nodes.map((each) => [each.id, each] as const)]) : known,
        end: after === null ? (end ?? page?.pageInfo) : (page?.pageInfo ?? end),
        busy: false,
        error: page ? undefined : error,
      }))
    },
    [client, uuid],
  )
  const askedAt = useRef(-1)
  useEffect(() => {
    if (pause || askedAt.current === count) return
    askedAt.current = count
    void read(null)
  }, [count, pause, read])

  return {
    requests: [...log.known.values()],
    loading: log.busy && log.end === undefined,
    busy: log.busy,
    error: log.error,
    page: log.end,
    more: (after: string | null) => {
      setLog((before) => ({ ...before, busy: true }))
      void read(after)
    },
    retry: () => void read(null),
  }
}
