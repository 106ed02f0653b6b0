import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useQuery, useSubscription } from 'urql'

import { SessionFields, TenantFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { More } from '../kit/More.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { useMore } from '../kit/useMore.ts'
import { TenantFilters } from './TenantFilters.tsx'
import { TenantTable } from './TenantTable.tsx'
import type { TenantSearch } from './search.ts'

const Tenants = graphql(
  `
    query Tenants($after: String, $filter: TenantFilter, $orderBy: TenantOrder) {
      tenants(first: 50, after: $after, filter: $filter, orderBy: $orderBy) {
        nodes {
          ...TenantFields
          activeSessions {
            ...SessionFields
          }
          sessions(first: 1, filter: { states: [ACTIVE, ENDED] }) {
            nodes {
              id
              startedAt
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [TenantFields, SessionFields],
)

export const TenantEvents = graphql(
  `
    subscription TenantEvents($after: String) {
      tenantEvents(after: $after) {
        change
        at
        position
        tenant {
          ...TenantFields
        }
      }
    }
  `,
  [TenantFields],
)

const route = getRouteApi('/tenants')

export function TenantsPage(): ReactNode {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useMemo(() => filterOf(search), [search])
  const { after, more } = useMore(JSON.stringify(filter) + search.order)
  const [{ data, error, fetching }, reload] = useQuery({
    query: Tenants,
    variables: { after, filter, orderBy: search.order ?? 'NAME' },
  })
  useSubscription({ query: TenantEvents })

  const tenants = data?.tenants?.nodes
  return (
    <>
      <h1 className="unseen">Tenants</h1>
      <TenantFilters
        search={search}
        set={(changes) => void navigate({ search: { ...search, ...changes }, replace: true })}
      />
      {!tenants ? (
        error ? (
          <Failed error={error} retry={reload} />
        ) : (
          <Loading rows={10} what="tenants" />
        )
      ) : tenants.length === 0 ? (
        <Nothing filtered={Object.keys(filter).length > 0} reset={() => void navigate({ search: {} })} />
      ) : (
        <>
          <TenantTable
            order={search.order ?? 'NAME'}
            setOrder={(order) => void navigate({ search: { ...search, order }, replace: true })}
            tenants={tenants}
          />
          <More busy={fetching} more={more} noun="tenant" page={data.tenants?.pageInfo} shown={tenants.length} />
        </>
      )}
    </>
  )
}

function Nothing({ filtered, reset }: { filtered: boolean; reset: () => void }): ReactNode {
  if (!filtered) {
    return <Empty title="No tenants yet">A tenant appears here once its product registers it through the API.</Empty>
  }
  return (
    <Empty action={<Button onClick={reset}>Show all tenants</Button>} title="No tenant matches">
      Nothing fits the search and the filters together.
    </Empty>
  )
}

function filterOf(search: TenantSearch) {
  return {
    ...(search.q ? { search: search.q } : {}),
    ...(search.status ? { statuses: search.status } : {}),
    ...(search.inside ? { impersonated: true } : {}),
  }
}
