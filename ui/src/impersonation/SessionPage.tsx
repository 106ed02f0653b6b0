import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery, useSubscription } from 'urql'

import { EntryFields, SessionFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { useNow } from '../kit/now.ts'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { useTitle } from '../kit/useTitle.ts'
import { isLive } from '../kit/words.ts'
import { AuditEvents } from '../tenants/TenantPage.tsx'
import { SessionActions } from './SessionActions.tsx'
import { SessionFacts } from './SessionFacts.tsx'
import { SessionHeading } from './SessionHeading.tsx'
import { Timeline } from './Timeline.tsx'
import { timeline } from './timeline.ts'
import { useRequests } from './useRequests.ts'

const OneSession = graphql(
  `
    query OneSession($uuid: UUID!, $origin: Boolean!, $ledger: Boolean!) {
      impersonationSession(uuid: $uuid) {
        ...SessionFields
        breakGlass
        policyVersion
        ipAddress @include(if: $origin)
        userAgent @include(if: $origin)
        policy {
          modes
          tenantPresence
          reasonRequired
          reasonMinLength
          reasonMaxLength
        }
        audit(first: 100) @include(if: $ledger) {
          nodes {
            ...EntryFields
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [SessionFields, EntryFields],
)

export type SessionDetail = NonNullable<ResultOf<typeof OneSession>['impersonationSession']>

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** One stay in a tenant's workspace, from its start to its end: every request, and what the ledger has of it. */
export function SessionPage(): ReactNode {
  const { uuid } = useParams({ from: '/sessions/$uuid' })
  const { may } = useViewer()
  const [{ data, error }, reload] = useQuery({
    query: OneSession,
    variables: { uuid, origin: may('ORIGIN_READ'), ledger: may('AUDIT_READ') },
    pause: !UUID.test(uuid),
  })
  const session = data?.impersonationSession
  useTitle(session ? `${session.operator.name} in ${session.tenant.name}` : 'Session')
  useSubscription({
    query: AuditEvents,
    variables: { filter: { sessionId: session?.id ?? '' } },
    pause: !session || !may('AUDIT_READ'),
  })

  if (!UUID.test(uuid) || (data && !session)) {
    return <Empty title="There is no such session">The address names none that you can see.</Empty>
  }
  if (!session) return error ? <Failed error={error} retry={reload} /> : <Loading rows={10} what="the session" />
  return <Whole session={session} />
}

function Whole({ session }: { session: SessionDetail }): ReactNode {
  const { may } = useViewer()
  const live = isLive(session, useNow())
  const log = useRequests(session.uuid, session.requestCount, !may('ACCESS_LOG_READ'))
  return (
    <>
      <SessionHeading live={live} session={session}>
        {live ? <SessionActions session={session} /> : null}
      </SessionHeading>
      <div className={page['columns']}>
        <section className={page['section']}>
          <h2>What happened</h2>
          {log.error ? <Failed error={log.error} retry={log.retry} /> : null}
          <Timeline
            live={live}
            log={log}
            session={session}
            story={timeline(session.audit?.nodes ?? [], log.requests)}
          />
        </section>
        <SessionFacts live={live} session={session} />
      </div>
    </>
  )
}
