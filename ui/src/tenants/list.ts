import type { Chunk } from '../api/chain.ts'
import { SessionFields, TenantFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import type { TenantSearch } from './search.ts'

export const Tenants = graphql(
  `
    query Tenants($after: String, $filter: TenantFilter, $orderBy: TenantOrder, $count: Boolean!) {
      tenants(first: 100, after: $after, filter: $filter, orderBy: $orderBy) {
        totalCount @include(if: $count)
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

export const TenantFacets = graphql(`
  query TenantFacets {
    tenantFacets {
      plans
      regions
    }
  }
`)

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

type Connection = NonNullable<ResultOf<typeof Tenants>['tenants']>
export type Row = Connection['nodes'][number]

export function pageOf({ tenants }: ResultOf<typeof Tenants>): Chunk<Row> | null {
  if (!tenants) return null
  const { nodes, pageInfo, totalCount } = tenants
  return { rows: nodes, end: pageInfo.endCursor, more: pageInfo.hasNextPage, total: totalCount ?? null }
}

export function filterOf(search: TenantSearch) {
  return {
    ...(search.q ? { search: search.q } : {}),
    ...(search.status ? { statuses: search.status } : {}),
    ...(search.plan ? { plans: search.plan } : {}),
    ...(search.region ? { regions: search.region } : {}),
    ...(search.inside ? { impersonated: true } : {}),
  }
}
