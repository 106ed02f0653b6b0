import { Link, Outlet, useParams } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { useQuery, useSubscription } from 'urql'

import { EntryFields, ImpersonabilityFields, SessionFields, TenantFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { isSlug } from '../kit/text.ts'
import { PolicyFields } from './policy.ts'
import { TABS } from './tabs.ts'
import { TenantHeader } from './TenantHeader.tsx'

export const TenantQuery = graphql(
  `
    query Tenant($slug: String!) {
      tenant(slug: $slug) {
        ...TenantFields
        ...ImpersonabilityFields
        ...PolicyFields
        metadata
        supportUrl
        workspaceUrl
        activeSessions {
          ...SessionFields
        }
        ledger {
          sequence
          hash
          at
          signature
          keyId
        }
      }
    }
  `,
  [TenantFields, ImpersonabilityFields, PolicyFields, SessionFields],
)

const OneTenantEvents = graphql(
  `
    subscription OneTenantEvents($tenantId: ID!, $after: String) {
      tenantEvents(tenantId: $tenantId, after: $after) {
        change
        at
        position
        tenant {
          ...TenantFields
          ...ImpersonabilityFields
        }
      }
    }
  `,
  [TenantFields, ImpersonabilityFields],
)

export const AuditEvents = graphql(
  `
    subscription AuditEvents($filter: AuditFilter, $after: String) {
      auditEvents(filter: $filter, after: $after) {
        change
        position
        entry {
          ...EntryFields
        }
      }
    }
  `,
  [EntryFields],
)

export type TenantDetail = NonNullable<ResultOf<typeof TenantQuery>['tenant']>

/** The tenant that the address names; the same query for the page and its tabs, answered from the cache. */
export function useTenant() {
  const { slug } = useParams({ from: '/tenants/$slug' })
  return useQuery({ query: TenantQuery, variables: { slug }, pause: !isSlug(slug) })
}

export function TenantPage(): ReactNode {
  const { slug } = useParams({ from: '/tenants/$slug' })
  const [{ data, error }, reload] = useTenant()
  const { may } = useViewer()
  const tenant = data?.tenant
  const id = tenant?.id ?? ''

  useSubscription({ query: OneTenantEvents, variables: { tenantId: id }, pause: !tenant })
  useSubscription({
    query: AuditEvents,
    variables: { filter: { tenantId: id } },
    pause: !tenant || !may('AUDIT_READ'),
  })
  useEffect(() => {
    if (tenant) document.title = `${tenant.name} · Actas`
  }, [tenant])

  if (!tenant) {
    if (error) return <Failed error={error} retry={reload} />
    if (data || !isSlug(slug)) return <Unknown />
    return <Loading rows={8} what="the tenant" />
  }
  return (
    <>
      <TenantHeader tenant={tenant} />
      <nav aria-label="Tenant" className={page['tabs']}>
        {TABS.filter(({ needs }) => needs === undefined || may(needs)).map(({ name, to }) => (
          <Link
            activeOptions={{ exact: to === '/tenants/$slug', includeSearch: false }}
            activeProps={{ 'aria-current': 'page' }}
            key={to}
            params={{ slug: tenant.slug }}
            to={to}
          >
            {name}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  )
}

function Unknown(): ReactNode {
  return (
    <Empty action={<Link to="/tenants">Search all tenants</Link>} title="There is no such tenant">
      The address names a tenant that is not registered here.
    </Empty>
  )
}
