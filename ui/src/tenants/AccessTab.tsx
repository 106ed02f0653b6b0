import { Button } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useQuery } from 'urql'

import { graphql, type ResultOf } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { Utc } from '../kit/Moment.tsx'
import { Lacks } from '../kit/Lacks.tsx'
import { LeftOut } from '../kit/LeftOut.tsx'
import { More } from '../kit/More.tsx'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { isUuid } from '../kit/text.ts'
import { useInstants } from '../kit/useInstants.ts'
import { useMore } from '../kit/useMore.ts'
import { AccessFilters } from './AccessFilters.tsx'
import { accessSearch } from './tabs.ts'

const AccessLog = graphql(`
  query AccessLog($slug: String!, $after: String, $filter: AccessLogFilter) {
    tenant(slug: $slug) {
      id
      accessLog(first: 100, after: $after, filter: $filter) {
        nodes {
          id
          at
          method
          path
          route
          status
          durationMs
          wrote
          session {
            id
            uuid
            operator {
              id
              name
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

const SessionOf = graphql(`
  query SessionOf($uuid: UUID!) {
    impersonationSession(uuid: $uuid) {
      id
    }
  }
`)

type Request = NonNullable<NonNullable<ResultOf<typeof AccessLog>['tenant']>['accessLog']>['nodes'][number]

const route = getRouteApi('/tenants/$slug/access')

/** Every request that sessions made inside the tenant's product, as its guard reported them. */
export function AccessTab(): ReactNode {
  const { may } = useViewer()
  if (!may('ACCESS_LOG_READ')) return <Lacks permission="ACCESS_LOG_READ" />
  return <Log />
}

function Log(): ReactNode {
  const { slug } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const badSession = search.session !== undefined && !isUuid(search.session)
  const [named, findAgain] = useQuery({
    query: SessionOf,
    variables: { uuid: search.session ?? '' },
    pause: !search.session || badSession,
  })
  const sessionId = search.session && !badSession ? named.data?.impersonationSession?.id : undefined
  const instants = useInstants(search)
  const filter = useMemo(
    () => ({
      ...(search.path ? { pathPrefix: search.path } : {}),
      ...(search.wrote ? { wrote: true } : {}),
      ...(sessionId ? { sessionId } : {}),
      ...instants,
    }),
    [instants, search.path, search.wrote, sessionId],
  )
  const { after, more } = useMore(slug + JSON.stringify(filter))
  const [{ data, error, fetching }, reload] = useQuery({
    query: AccessLog,
    variables: { slug, after, filter },
    pause: search.session !== undefined && !sessionId,
  })
  const log = data?.tenant?.accessLog
  return (
    <>
      <AccessFilters
        reload={() => reload({ requestPolicy: 'network-only' })}
        search={search}
        set={(changes) => void navigate({ search: { ...search, ...changes }, replace: true })}
        slug={slug}
      />
      <LeftOut read={accessSearch} search={search} />
      {badSession ? (
        <Nothing filtered why={`${search.session} is no session’s id.`} />
      ) : search.session && named.error ? (
        <Failed error={named.error} retry={findAgain} />
      ) : named.data && !sessionId ? (
        <Nothing filtered why="There is no such session." />
      ) : !log ? (
        error ? (
          <Failed error={error} retry={reload} />
        ) : (
          <Loading rows={10} what="requests" />
        )
      ) : log.nodes.length === 0 ? (
        <Nothing filtered={Object.keys(filter).length > 0} why="No request of a session fits the filters together." />
      ) : (
        <>
          <Requests requests={log.nodes} />
          <More busy={fetching} more={more} noun="request" page={log.pageInfo} shown={log.nodes.length} />
        </>
      )}
    </>
  )
}

function Nothing({ filtered, why }: { filtered: boolean; why: string }): ReactNode {
  const navigate = route.useNavigate()
  if (!filtered) {
    return (
      <Empty title="No request yet">
        Whatever an operator’s session asks of the product stands here once the product’s guard reports it.
      </Empty>
    )
  }
  return (
    <Empty
      action={<Button onClick={() => void navigate({ search: {} })}>Show all requests</Button>}
      title="No request matches"
    >
      {why}
    </Empty>
  )
}

function Requests({ requests }: { requests: readonly Request[] }): ReactNode {
  return (
    <div className={page['scroll']}>
      <table className={page['table']}>
        <caption className="unseen">Access log</caption>
        <thead>
          <tr>
            <th scope="col">Time, UTC</th>
            <th scope="col">Session of</th>
            <th scope="col">Request</th>
            <th scope="col">Could write</th>
            <th className={page['number']} scope="col">
              Status
            </th>
            <th className={page['number']} scope="col">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <tr key={request.id}>
              <td>
                <Utc at={request.at} />
              </td>
              <td className="time">
                <Link params={{ uuid: request.session.uuid }} to="/sessions/$uuid">
                  {request.session.operator.name}
                </Link>
              </td>
              <td className={`${page['cut']} mono`} title={`${request.method} ${request.path}`}>
                {request.wrote ? <strong>{request.method}</strong> : request.method} {request.path}
              </td>
              <td>{request.wrote ? 'yes' : <span className="muted">no</span>}</td>
              <td className={page['number']}>
                {request.status >= 400 ? <strong>{request.status}</strong> : request.status}
              </td>
              <td className={`${page['number']} time`}>{Math.round(request.durationMs)} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
