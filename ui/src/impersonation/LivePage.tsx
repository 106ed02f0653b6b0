import { SegmentedControl } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { graphql } from '../api/graphql.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { useBeside } from '../kit/away.ts'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { count } from '../kit/text.ts'
import { instant } from '../kit/time.ts'
import { useTitle } from '../kit/useTitle.ts'
import { LiveTable } from './LiveTable.tsx'
import { SessionCard } from './SessionCard.tsx'

const route = getRouteApi('/live')

/** Everybody who is inside a tenant now. */
export function LivePage(): ReactNode {
  const { sessions, more, query, reload } = useLiveSessions()
  const { view } = route.useSearch()
  const navigate = route.useNavigate()
  useTitle('Live')
  if (!query.data) return query.error ? <Failed error={query.error} retry={reload} /> : <Loading what="live sessions" />
  if (sessions.length === 0) return <Nobody />
  return (
    <>
      <div className={page['heading']}>
        <h1 aria-live="polite" className="figures">
          {count(sessions.length, 'session')} live{more ? ', of more' : ''}
        </h1>
        <SegmentedControl
          aria-label="Show as"
          data={[
            { label: 'Cards', value: 'cards' },
            { label: 'Rows', value: 'rows' },
          ]}
          onChange={(chosen) => void navigate({ search: chosen === 'rows' ? { view: 'rows' } : {}, replace: true })}
          size="xs"
          value={view ?? 'cards'}
        />
      </div>
      {view === 'rows' ? (
        <LiveTable sessions={sessions} />
      ) : (
        <div className={page['cards']}>
          {sessions.map((session) => (
            <SessionCard key={session.id} named session={session} />
          ))}
        </div>
      )}
    </>
  )
}

const LastEnds = graphql(`
  query LastEnds($first: Int!, $since: DateTime) {
    impersonationSessions(first: $first, filter: { states: [ENDED], insideSince: $since }) {
      nodes {
        id
        endedAt
        tenant {
          id
          slug
          name
        }
      }
    }
  }
`)

/** Who left last. Sessions come by their start: the end of any is when to look from for those that ended after it. */
function useLastEnd() {
  const any = useBeside({ query: LastEnds, variables: { first: 1 } })
  const since = any?.impersonationSessions?.nodes[0]?.endedAt
  const all = useBeside({ query: LastEnds, variables: { first: 200, since: since ?? null }, pause: !since })
  const ended = (all?.impersonationSessions?.nodes ?? []).flatMap(({ endedAt, tenant }) =>
    endedAt ? [{ at: endedAt, tenant }] : [],
  )
  return ended.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0]
}

function Nobody(): ReactNode {
  const last = useLastEnd()
  return (
    <>
      <h1 className="unseen">Live</h1>
      <Empty action={<Link to="/tenants">Find a tenant</Link>} title="Nobody is inside any tenant.">
        {last ? (
          <>
            The last one left{' '}
            <Link params={{ slug: last.tenant.slug }} to="/tenants/$slug">
              {last.tenant.name}
            </Link>{' '}
            on {instant(last.at)}.
          </>
        ) : (
          'Whoever enters one appears here at once.'
        )}
      </Empty>
    </>
  )
}
