import { Drawer } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { EntryFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { useViewer } from '../frame/viewer.tsx'
import { Copy, Id } from '../kit/Copy.tsx'
import { Fact, Facts } from '../kit/Facts.tsx'
import { Pill } from '../kit/Pill.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { instant } from '../kit/time.ts'
import { detailsOf, type Line } from './details.ts'
import { kindName, signOf } from './kinds.ts'
import css from './ledger.module.css'

const OneEntry = graphql(
  `
    query OneEntry($id: ID!, $origin: Boolean!) {
      node(id: $id) {
        __typename
        id
        ... on AuditEntry {
          ...EntryFields
          ipAddress @include(if: $origin)
          userAgent @include(if: $origin)
        }
      }
    }
  `,
  [EntryFields],
)

type Entry = Extract<ResultOf<typeof OneEntry>['node'], { __typename: 'AuditEntry' }>

/** One entry in full: what it says, what it holds, and how it hangs on the one before. */
export function EntryDrawer({ id, close }: { id: string | undefined; close: () => void }): ReactNode {
  return (
    <Drawer onClose={close} opened={id !== undefined} padding="lg" position="right" size={520} title="Entry">
      {id === undefined ? null : <Content id={id} />}
    </Drawer>
  )
}

function Content({ id }: { id: string }): ReactNode {
  const { may } = useViewer()
  const [{ data, error, fetching }, reload] = useQuery({
    query: OneEntry,
    variables: { id, origin: may('ORIGIN_READ') },
  })
  if (data?.node?.__typename === 'AuditEntry') return <Whole entry={data.node} />
  if (error) return <Failed error={error} retry={reload} />
  if (fetching) return <Loading what="the entry" />
  return <Empty title="There is no such entry">The address names none that you can read.</Empty>
}

function Whole({ entry }: { entry: Entry }): ReactNode {
  const { sessions } = useLiveSessions()
  const { icon, tone } = signOf(entry, sessions.some(({ id }) => id === entry.session?.id))
  return (
    <div className={css['drawer']}>
      <p className={css['lead']}>{entry.summary}</p>
      <Facts>
        <Fact term="Kind">
          <Pill sign={{ word: kindName(entry.kind), icon, tone }} />
        </Fact>
        <Fact term="Time">{instant(entry.at)}</Fact>
        <Fact term="Who">
          {entry.actor.name} <span className="muted">({entry.actor.kind.toLowerCase()})</span>
        </Fact>
        <Fact term="Tenant">
          {entry.tenant ? (
            <Link params={{ slug: entry.tenant.slug }} to="/tenants/$slug">
              {entry.tenant.name}
            </Link>
          ) : null}
        </Fact>
        <Fact term="Address">{entry.ipAddress ? <span className="mono small">{entry.ipAddress}</span> : null}</Fact>
        <Fact term="Browser">{entry.userAgent ?? null}</Fact>
      </Facts>
      <section>
        <h3>Details</h3>
        <Facts>
          {detailsOf(entry.kind, entry.details).map((line) => (
            <Fact key={line.term} term={line.term}>
              <Value of={line} />
            </Fact>
          ))}
        </Facts>
      </section>
      <section>
        <h3>Chain</h3>
        <Facts>
          <Fact term="Number">{String(entry.sequence)}</Fact>
          <Fact term="Hash">
            <Id of={entry.hash} what="the hash" />
          </Fact>
          <Fact term="Previous">
            {entry.previousHash ? (
              <Id of={entry.previousHash} what="the hash before" />
            ) : (
              'None: it is the first of its chain.'
            )}
          </Fact>
        </Facts>
      </section>
      <details>
        <summary>As it was written</summary>
        <pre className={css['raw']}>{JSON.stringify(entry.details, null, 2)}</pre>
      </details>
      <div>
        <Copy text={location.href} what="the link to this entry" word="Copy link to this entry" />
      </div>
    </div>
  )
}

function Value({ of }: { of: Line }): ReactNode {
  if (of.as === 'session') {
    return (
      <>
        <Link className="mono small" params={{ uuid: of.value }} to="/sessions/$uuid">
          {of.value}
        </Link>{' '}
        <Copy text={of.value} what={of.term.toLowerCase()} />
      </>
    )
  }
  if (of.as === 'id') return <Id of={of.value} what={of.term.toLowerCase()} />
  if (of.was === undefined) return of.value
  return (
    <>
      <span className="muted">{of.was} → </span>
      <strong>{of.value}</strong>
    </>
  )
}
