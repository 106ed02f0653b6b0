import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { EntryFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { LeftOut } from '../kit/LeftOut.tsx'
import { More } from '../kit/More.tsx'
import { BACKWARDS, isBackwards, type Period } from '../kit/period.ts'
import { PeriodField } from '../kit/PeriodField.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { useInstants } from '../kit/useInstants.ts'
import { useMore } from '../kit/useMore.ts'
import { BeganBefore } from '../ledger/BeganBefore.tsx'
import { EntryDrawer } from '../ledger/EntryDrawer.tsx'
import { ChainLight } from '../ledger/ChainLight.tsx'
import { EntryList } from '../ledger/EntryList.tsx'
import css from '../ledger/ledger.module.css'
import { Export } from '../ledger/LedgerPage.tsx'
import { useOpenEntry } from '../ledger/useOpenEntry.ts'
import { tenantLedgerSearch, type TenantLedgerSearch } from './tabs.ts'
import { useTenant } from './TenantPage.tsx'

const TenantLedger = graphql(
  `
    query TenantLedger($slug: String!, $after: String, $filter: AuditFilter) {
      tenant(slug: $slug) {
        id
        audit(first: 50, after: $after, filter: $filter) {
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

const route = getRouteApi('/tenants/$slug/ledger')

/** The tenant's own ledger, as the tenant reads it. */
export function LedgerTab(): ReactNode {
  const { slug } = route.useParams()
  const { entry, ...period } = route.useSearch()
  const navigate = route.useNavigate()
  const set = (changes: Partial<TenantLedgerSearch>) =>
    void navigate({ search: { entry, ...period, ...changes }, replace: true })
  const { open, close } = useOpenEntry(entry)
  const filter = useInstants(period)
  const { after, more } = useMore(slug + JSON.stringify(filter))
  const [{ data, error, fetching }, reload] = useQuery({ query: TenantLedger, variables: { slug, after, filter } })
  const [{ data: page }] = useTenant()
  const tenant = page?.tenant
  const audit = data?.tenant?.audit
  return (
    <>
      <div className={css['bar']}>
        {tenant ? (
          <ChainLight length={Number(tenant.ledger.sequence)} of={`Of ${tenant.name}`} tenantId={tenant.id} />
        ) : null}
        <PeriodField set={set} value={period} />
        <Export search={{ tenant: slug, ...period }} />
      </div>
      <LeftOut read={tenantLedgerSearch} search={period} />
      <BeganBefore since={filter.since} slug={slug} take={set} until={filter.until} />
      {!audit ? (
        error ? (
          <Failed error={error} retry={reload} />
        ) : (
          <Loading rows={10} what="entries" />
        )
      ) : audit.nodes.length === 0 ? (
        <Nothing of={period} reset={() => set({ from: undefined, to: undefined })} />
      ) : (
        <>
          <EntryList entries={audit.nodes} ofTenant open={open} />
          <More busy={fetching} more={more} noun="entry" page={audit.pageInfo} shown={audit.nodes.length} />
        </>
      )}
      <EntryDrawer close={close} id={entry} />
    </>
  )
}

function Nothing({ of, reset }: { of: Period; reset: () => void }): ReactNode {
  return of.from || of.to ? (
    <Empty action={<Button onClick={reset}>Show every entry</Button>} title="No entry then">
      {isBackwards(of) ? BACKWARDS : 'Nothing was written about this tenant in this period.'}
    </Empty>
  ) : (
    <Empty title="No entry yet">Whatever is done about this tenant stands here, and the tenant reads it too.</Empty>
  )
}
