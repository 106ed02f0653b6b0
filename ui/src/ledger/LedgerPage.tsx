import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useQuery, useSubscription } from 'urql'

import { EntryFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { More } from '../kit/More.tsx'
import { Empty, Failed, Forbidden, Loading } from '../kit/States.tsx'
import { useMore } from '../kit/useMore.ts'
import { AuditEvents } from '../tenants/TenantPage.tsx'
import { EntryDrawer } from './EntryDrawer.tsx'
import { EntryList } from './EntryList.tsx'
import { LedgerFilters } from './LedgerFilters.tsx'
import { kindsOf, type LedgerSearch } from './search.ts'

const Entries = graphql(
  `
    query Entries($after: String, $filter: AuditFilter) {
      auditEntries(first: 50, after: $after, filter: $filter) {
        nodes {
          ...EntryFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [EntryFields],
)

const TenantId = graphql(`
  query TenantId($slug: String!) {
    tenant(slug: $slug) {
      id
      name
    }
  }
`)

const route = getRouteApi('/ledger')

export function LedgerPage(): ReactNode {
  const { may } = useViewer()
  if (!may('AUDIT_READ')) {
    return <Forbidden>Reading the ledger needs AUDIT_READ. Ask an admin for a role that has it.</Forbidden>
  }
  return <Ledger />
}

function Ledger(): ReactNode {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const set = (changes: Partial<LedgerSearch>) => void navigate({ search: { ...search, ...changes }, replace: true })
  const [named] = useQuery({ query: TenantId, variables: { slug: search.tenant ?? '' }, pause: !search.tenant })
  const tenantId = search.tenant ? named.data?.tenant?.id : undefined
  const unknownTenant = search.tenant !== undefined && named.data !== undefined && !named.data.tenant
  const waits = search.tenant !== undefined && tenantId === undefined

  const filter = useMemo(() => {
    const kinds = kindsOf(search.kind)
    return {
      ...(kinds ? { kinds } : {}),
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(search.text ? { text: search.text } : {}),
    }
  }, [search.kind, search.text, tenantId])
  const { after, more } = useMore(JSON.stringify(filter))
  const [{ data, error, fetching }, reload] = useQuery({ query: Entries, variables: { after, filter }, pause: waits })
  useSubscription({ query: AuditEvents, variables: { filter }, pause: waits })

  const entries = waits ? undefined : data?.auditEntries?.nodes
  const nothing = (
    <Empty action={<Button onClick={() => void navigate({ search: {} })}>Show the whole ledger</Button>} title="No entry matches">
      {unknownTenant ? `There is no tenant ${search.tenant}.` : 'Nothing fits the filters together.'}
    </Empty>
  )
  return (
    <>
      <h1 className="unseen">Ledger</h1>
      <LedgerFilters search={search} set={set} />
      {unknownTenant ? (
        nothing
      ) : entries ? (
        entries.length > 0 ? (
          <>
            <EntryList entries={entries} key={JSON.stringify(filter)} open={(entry) => set({ entry })} />
            <More busy={fetching} more={more} noun="entry" page={data?.auditEntries?.pageInfo} shown={entries.length} />
          </>
        ) : (
          nothing
        )
      ) : (error ?? named.error) ? (
        <Failed error={(error ?? named.error)!} retry={reload} />
      ) : (
        <Loading rows={12} what="entries" />
      )}
      <EntryDrawer close={() => set({ entry: undefined })} id={search.entry} />
    </>
  )
}
