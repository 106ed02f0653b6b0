import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { SessionFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { SessionTable } from '../impersonation/SessionTable.tsx'
import { More } from '../kit/More.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { useMore } from '../kit/useMore.ts'
import { useTenant } from './TenantPage.tsx'

export const TenantSessions = graphql(
  `
    query TenantSessions($slug: String!, $after: String) {
      tenant(slug: $slug) {
        id
        sessions(first: 50, after: $after) {
          nodes {
            ...SessionFields
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [SessionFields],
)

/** One row a session, with its one end: nobody pairs anything here. */
export function SessionsTab(): ReactNode {
  const [{ data: page }] = useTenant()
  const slug = page?.tenant?.slug ?? ''
  const { after, more } = useMore(slug)
  const [{ data, error, fetching }, reload] = useQuery({
    query: TenantSessions,
    variables: { slug, after },
    pause: !slug,
  })
  const sessions = data?.tenant?.sessions
  if (!sessions) return error ? <Failed error={error} retry={reload} /> : <Loading what="sessions" />
  if (sessions.nodes.length === 0) {
    return (
      <Empty title="Nobody has been inside yet">
        Every session of an operator in this tenant stands here, with its reason and how it ended.
      </Empty>
    )
  }
  return (
    <>
      <SessionTable sessions={sessions.nodes} />
      <More busy={fetching} more={more} noun="session" page={sessions.pageInfo} shown={sessions.nodes.length} />
    </>
  )
}
