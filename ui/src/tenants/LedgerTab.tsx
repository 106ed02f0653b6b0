import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { EntryFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { More } from '../kit/More.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { useMore } from '../kit/useMore.ts'
import { EntryDrawer } from '../ledger/EntryDrawer.tsx'
import { ChainLight } from '../ledger/ChainLight.tsx'
import { EntryList } from '../ledger/EntryList.tsx'
import css from '../ledger/ledger.module.css'
import { Export } from '../ledger/LedgerPage.tsx'
import { useTenant } from './TenantPage.tsx'

const TenantLedger = graphql(
  `
    query TenantLedger($slug: String!, $after: String) {
      tenant(slug: $slug) {
        id
        audit(first: 50, after: $after) {
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
  const { entry } = route.useSearch()
  const navigate = route.useNavigate()
  const open = (id: string | undefined) => void navigate({ search: { entry: id }, replace: true })
  const { after, more } = useMore(slug)
  const [{ data, error, fetching }, reload] = useQuery({ query: TenantLedger, variables: { slug, after } })
  const [{ data: page }] = useTenant()
  const tenant = page?.tenant
  const audit = data?.tenant?.audit
  if (!audit) return error ? <Failed error={error} retry={reload} /> : <Loading rows={10} what="entries" />
  if (audit.nodes.length === 0) {
    return (
      <Empty title="No entry yet">Whatever is done about this tenant stands here, and the tenant reads it too.</Empty>
    )
  }
  return (
    <>
      <div className={css['bar']}>
        {tenant ? (
          <ChainLight length={Number(tenant.ledger.sequence)} of={`Of ${tenant.name}`} tenantId={tenant.id} />
        ) : null}
        <Export search={{ tenant: slug }} />
      </div>
      <EntryList entries={audit.nodes} ofTenant open={open} />
      <More busy={fetching} more={more} noun="entry" page={audit.pageInfo} shown={audit.nodes.length} />
      <EntryDrawer close={() => open(undefined)} id={entry} />
    </>
  )
}
