import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useQuery, useSubscription } from 'urql'

import { serverNow } from '../api/clock.ts'
import { EntryFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { lacking } from '../kit/Lacks.tsx'
import { LeftOut } from '../kit/LeftOut.tsx'
import { More } from '../kit/More.tsx'
import { isOpen } from '../kit/period.ts'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import { useMore } from '../kit/useMore.ts'
import { useTitle } from '../kit/useTitle.ts'
import { AuditEvents } from '../tenants/TenantPage.tsx'
import { BeganBefore } from './BeganBefore.tsx'
import { ChainLight } from './ChainLight.tsx'
import { EntryDrawer } from './EntryDrawer.tsx'
import { EntryList } from './EntryList.tsx'
import { Folding } from './Folding.tsx'
import css from './ledger.module.css'
import { LedgerFilters } from './LedgerFilters.tsx'
import { isNarrower, ledgerSearch, type LedgerSearch } from './search.ts'
import { useAuditFilter, type AuditFilter } from './useAuditFilter.ts'
import { useOpenEntry } from './useOpenEntry.ts'

const ExportDialog = lateDialog(() => import('./ExportDialog.tsx'))

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

const route = getRouteApi('/ledger')

export function LedgerPage(): ReactNode {
  useTitle('Ledger')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const replace = (next: LedgerSearch) => void navigate({ search: next, replace: true })
  const set = (changes: Partial<LedgerSearch>) => replace({ ...search, ...changes })
  const { resolved, operators } = useAuditFilter(search)
  const { open, close } = useOpenEntry(search.entry)
  const tenant = resolved.status === 'ready' ? resolved.tenant : null

  return (
    <>
      <h1 className="unseen">Ledger</h1>
      <div className={css['page']}>
        <Folding set={Object.values({ ...search, entry: undefined }).filter(Boolean).length}>
          <LedgerFilters operators={operators} replace={replace} search={search} set={set} />
        </Folding>
        <div className={css['centre']}>
          <div className={css['bar']}>
            <ChainLight
              key={tenant?.id ?? ''}
              of={tenant ? `Of ${tenant.name}` : 'Of the platform'}
              tenantId={tenant?.id ?? null}
            />
            {resolved.status === 'unknown' ? null : <Export search={search} />}
          </div>
          <LeftOut read={ledgerSearch} search={search} />
          {resolved.status === 'ready' ? (
            <>
              {isNarrower(search) ? null : (
                <BeganBefore
                  since={resolved.filter.since}
                  slug={search.tenant?.toLowerCase()}
                  take={set}
                  until={resolved.filter.until}
                />
              )}
              <Results
                filter={resolved.filter}
                follow={isOpen(search, serverNow())}
                key={JSON.stringify(resolved.filter)}
                open={open}
              />
            </>
          ) : resolved.status === 'unknown' ? (
            <Nothing why={resolved.why} />
          ) : resolved.status === 'failed' ? (
            <Failed error={resolved.error} retry={resolved.retry} />
          ) : (
            <Loading rows={12} what="entries" />
          )}
        </div>
      </div>
      <EntryDrawer close={close} id={search.entry} />
    </>
  )
}

/** For who may not export: what that needs, and who has it. */
export function Export({ search }: { search: LedgerSearch }): ReactNode {
  const { may } = useViewer()
  const [open, setOpen] = useState(false)
  if (!may('AUDIT_EXPORT')) return <p className="muted small">To export needs {lacking('AUDIT_EXPORT')}.</p>
  return (
    <>
      <Button onClick={() => setOpen(true)} size="compact-sm" variant="default">
        Export…
      </Button>
      {open ? <ExportDialog close={() => setOpen(false)} search={search} /> : null}
    </>
  )
}

function Results(props: { filter: AuditFilter; follow: boolean; open: (id: string) => void }): ReactNode {
  const { filter, follow, open } = props
  const { after, more } = useMore(JSON.stringify(filter))
  const [{ data, error, fetching }, reload] = useQuery({ query: Entries, variables: { after, filter } })
  useSubscription({ query: AuditEvents, variables: { filter }, pause: !follow })
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
