import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useQuery, useSubscription } from 'urql'

import { EntryFields } from '../api/fragments.ts'
import { graphql, type VariablesOf } from '../api/graphql.ts'
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
  const [named, askAgain] = useQuery({
    query: TenantId,
    variables: { slug: search.tenant ?? '' },
    pause: !search.tenant,
  })
  const tenant = search.tenant ? named.data?.tenant : undefined

  const filter = useMemo(() => {
    const kinds = kindsOf(search.kind)
    return {
      ...(kinds ? { kinds } : {}),
      ...(tenant ? { tenantId: tenant.id } : {}),
      ...(search.text ? { text: search.text } : {}),
    }
  }, [search.kind, search.text, tenant])

  return (
    <>
      <h1 className="unseen">Ledger</h1>
      <LedgerFilters search={search} set={set} />
      {!search.tenant || tenant ? (
        <Results filter={filter} key={JSON.stringify(filter)} open={(entry) => set({ entry })} />
      ) : tenant === null ? (
        <Nothing why={`There is no tenant ${search.tenant}.`} />
      ) : named.error ? (
        <Failed error={named.error} retry={askAgain} />
      ) : (
        <Loading rows={12} what="entries" />
      )}
      <EntryDrawer close={() => set({ entry: undefined })} id={search.entry} />
    </>
  )
}

type Filter = NonNullable<VariablesOf<typeof Entries>['filter']>

function Results({ filter, open }: { filter: Filter; open: (id: string) => void }): ReactNode {
  const { after, more } = useMore(JSON.stringify(filter))
  const [{ data, error, fetching }, reload] = useQuery({ query: Entries, variables: { after, filter } })
  useSubscription({ query: AuditEvents, variables: { filter } })
  const page = data?.auditEntries
  if (!page) return error ? <Failed error={error} retry={reload} /> : <Loading rows={12} what="entries" />
  if (page.nodes.length === 0) return <Nothing why="Nothing fits the filters together." />
  return (
    <>
      <EntryList entries={page.nodes} open={open} />
      <More busy={fetching} more={more} noun="entry" page={page.pageInfo} shown={page.nodes.length} />
    </>
  )
}

function Nothing({ why }: { why: string }): ReactNode {
  const navigate = route.useNavigate()
  return (
    <Empty
      action={<Button onClick={() => void navigate({ search: {} })}>Show the whole ledger</Button>}
      title="No entry matches"
    >
      {why}
    </Empty>
  )
}
