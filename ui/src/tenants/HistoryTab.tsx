import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { hasArrived } from '../api/arrivals.ts'
import { EntryFields, type Entry, type Tenant } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { Icon } from '../kit/icons.tsx'
import { Utc } from '../kit/Moment.tsx'
import { Lacks } from '../kit/Lacks.tsx'
import { More } from '../kit/More.tsx'
import page from '../kit/page.module.css'
import { StatusPill } from '../kit/Pill.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { count, unfold } from '../kit/text.ts'
import { useMore } from '../kit/useMore.ts'

const StatusHistory = graphql(
  `
    query StatusHistory($slug: String!, $after: String) {
      tenant(slug: $slug) {
        id
        audit(
          first: 50
          after: $after
          filter: {
            kinds: ["TENANT_REGISTERED", "TENANT_STATUS_CHANGED", "TENANT_SUSPENDED", "TENANT_SUSPENSION_LIFTED"]
          }
        ) {
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
  [EntryFields],
)

const route = getRouteApi('/tenants/$slug/history')

/** How the tenant's status came to be what it is. */
export function HistoryTab(): ReactNode {
  const { may } = useViewer()
  if (!may('AUDIT_READ')) return <Lacks permission="AUDIT_READ" />
  return <History />
}

function History(): ReactNode {
  const { slug } = route.useParams()
  const { after, more } = useMore(slug)
  const [{ data, error, fetching }, reload] = useQuery({ query: StatusHistory, variables: { slug, after } })
  const audit = data?.tenant?.audit
  if (!audit) return error ? <Failed error={error} retry={reload} /> : <Loading what="the history" />
  if (audit.nodes.length === 0)
    return <Empty title="No change of status yet">Each will stand here, with its reason.</Empty>
  return (
    <>
      <div className={page['scroll']}>
        <table className={page['table']}>
          <caption className="unseen">Changes of status</caption>
          <thead>
            <tr>
              <th scope="col">Time, UTC</th>
              <th scope="col">Change</th>
              <th scope="col">Reason</th>
              <th scope="col">Who</th>
              <th scope="col">Cut off</th>
            </tr>
          </thead>
          <tbody>
            {audit.nodes.map((entry) => (
              <Change entry={entry} key={entry.id} />
            ))}
          </tbody>
        </table>
      </div>
      <More busy={fetching} more={more} noun="change" page={audit.pageInfo} shown={audit.nodes.length} />
    </>
  )
}

/** The documented fields of these kinds of entries. */
interface Details {
  was?: Tenant['status'] | null
  to: Tenant['status']
  reason?: string
  ground?: string | null
  exception?: string | null
  sessionsEnded?: number
  statedBy?: string | null
}

function Change({ entry }: { entry: Entry }): ReactNode {
  const details = entry.details as Details
  const because = [details.ground ? unfold(details.ground) : null, details.reason].filter(Boolean).join(': ')
  return (
    <tr className={hasArrived(entry.id) ? 'arrived' : ''}>
      <td>
        <Utc at={entry.at} />
      </td>
      <td>
        <span className={page['person']}>
          {details.was ? (
            <>
              <StatusPill status={details.was} />
              <Icon name="chevron" size={12} />
            </>
          ) : null}
          <StatusPill status={details.to} />
        </span>
      </td>
      <td className={page['words']}>
        {because || <span className="muted">{entry.summary}</span>}
        {details.exception ? <span className="muted"> · Exception: {details.exception}</span> : null}
      </td>
      <td>{entry.actor.name}</td>
      <td className="time">
        {details.sessionsEnded ? count(details.sessionsEnded, 'session') : <span className="muted">–</span>}
      </td>
    </tr>
  )
}
