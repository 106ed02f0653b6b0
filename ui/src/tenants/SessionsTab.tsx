import { Button, TextInput } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useQuery } from 'urql'

import { SessionFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { SessionTable } from '../impersonation/SessionTable.tsx'
import { LONGEST_TICKET } from '../impersonation/start.ts'
import { LeftOut } from '../kit/LeftOut.tsx'
import { More } from '../kit/More.tsx'
import page from '../kit/page.module.css'
import { BACKWARDS, isBackwards } from '../kit/period.ts'
import { PeriodField } from '../kit/PeriodField.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { useInstants } from '../kit/useInstants.ts'
import { useMore } from '../kit/useMore.ts'
import { useTyped } from '../kit/useTyped.ts'
import { sessionsSearch, type SessionsSearch } from './tabs.ts'

export const TenantSessions = graphql(
  `
    query TenantSessions($slug: String!, $after: String, $filter: SessionFilter) {
      tenant(slug: $slug) {
        id
        sessions(first: 50, after: $after, filter: $filter) {
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

const route = getRouteApi('/tenants/$slug/sessions')

/** One row a session, with its one end: nobody pairs anything here. */
export function SessionsTab(): ReactNode {
  const { slug } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { may } = useViewer()
  const set = (changes: SessionsSearch) => void navigate({ search: { ...search, ...changes }, replace: true })
  const [ticket, setTicket] = useTyped(search.ticket ?? '', (text) => set({ ticket: text.trim() || undefined }))
  const { since, until } = useInstants(search)
  const filter = useMemo(
    () => ({
      ...(since ? { insideSince: since } : {}),
      ...(until ? { insideUntil: until } : {}),
      ...(search.ticket ? { ticket: search.ticket } : {}),
    }),
    [since, until, search.ticket],
  )
  const { after, more } = useMore(slug + JSON.stringify(filter))
  const [{ data, error, fetching }, reload] = useQuery({ query: TenantSessions, variables: { slug, after, filter } })
  const sessions = data?.tenant?.sessions
  return (
    <>
      <search className={page['tools']}>
        <TextInput
          aria-label="Ticket"
          maxLength={LONGEST_TICKET}
          onChange={(event) => setTicket(event.currentTarget.value)}
          placeholder="A whole ticket"
          type="search"
          value={ticket}
        />
        <PeriodField set={set} value={search} />
        {may('AUDIT_READ') && (since || until) ? (
          <Link params={{ slug }} search={{ from: search.from, to: search.to }} to="/tenants/$slug/ledger">
            The ledger of this period
          </Link>
        ) : null}
      </search>
      <LeftOut read={sessionsSearch} search={search} />
      {!sessions ? (
        error ? (
          <Failed error={error} retry={reload} />
        ) : (
          <Loading what="sessions" />
        )
      ) : sessions.nodes.length === 0 ? (
        <Nothing
          filtered={Object.keys(filter).length > 0}
          reset={() => void navigate({ search: {}, replace: true })}
          search={search}
        />
      ) : (
        <>
          <SessionTable sessions={sessions.nodes} />
          <More busy={fetching} more={more} noun="session" page={sessions.pageInfo} shown={sessions.nodes.length} />
        </>
      )}
    </>
  )
}

function Nothing(props: { filtered: boolean; search: SessionsSearch; reset: () => void }): ReactNode {
  const { filtered, search, reset } = props
  if (!filtered) {
    return (
      <Empty title="Nobody has been inside yet">
        Every session of an operator in this tenant stands here, with its reason and how it ended.
      </Empty>
    )
  }
  return (
    <Empty
      action={<Button onClick={reset}>Show every session</Button>}
      title={search.ticket ? 'No session is about this ticket' : 'Nobody was inside then'}
    >
      {isBackwards(search)
        ? BACKWARDS
        : search.ticket
          ? 'Only a whole ticket finds its sessions, and only those of the period that is chosen.'
          : 'No session began in this period, and none from before it was still running.'}
    </Empty>
  )
}
