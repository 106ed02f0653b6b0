import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  redirect,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Frame } from './frame/Frame.tsx'
import { LivePage } from './impersonation/LivePage.tsx'
import { Empty, Loading } from './kit/States.tsx'
import { ledgerSearch } from './ledger/search.ts'
import { Overview } from './tenants/Overview.tsx'
import { tenantSearch } from './tenants/search.ts'
import { SessionsTab } from './tenants/SessionsTab.tsx'
import { TenantPage } from './tenants/TenantPage.tsx'
import { TenantsPage } from './tenants/TenantsPage.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: Broken })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/tenants', replace: true })
  },
})

const tenants = createRoute({
  getParentRoute: () => root,
  path: '/tenants',
  validateSearch: tenantSearch,
  component: TenantsPage,
})

const tenant = createRoute({
  getParentRoute: () => root,
  path: '/tenants/$slug',
  component: TenantPage,
  // Another tenant is another page: nothing of the last one may stand under its address, not for a moment.
  remountDeps: ({ params }) => params,
})
const overview = createRoute({ getParentRoute: () => tenant, path: '/', component: Overview })
const sessions = createRoute({ getParentRoute: () => tenant, path: '/sessions', component: SessionsTab })
const tenantLedger = createRoute({
  getParentRoute: () => tenant,
  path: '/ledger',
  validateSearch: (given: Record<string, unknown>): { entry?: string | undefined } =>
    typeof given['entry'] === 'string' ? { entry: given['entry'] } : {},
  component: lazyRouteComponent(() => import('./tenants/LedgerTab.tsx'), 'LedgerTab'),
})

const live = createRoute({ getParentRoute: () => root, path: '/live', component: LivePage })
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  validateSearch: ledgerSearch,
  component: lazyRouteComponent(() => import('./ledger/LedgerPage.tsx'), 'LedgerPage'),
})

const operators = createRoute({
  getParentRoute: () => root,
  path: '/operators',
  validateSearch: (given: Record<string, unknown>): { q?: string } =>
    typeof given['q'] === 'string' && given['q'] ? { q: given['q'] } : {},
  component: lazyRouteComponent(() => import('./operators/OperatorsPage.tsx'), 'OperatorsPage'),
})
const operator = createRoute({
  getParentRoute: () => root,
  path: '/operators/$uuid',
  component: lazyRouteComponent(() => import('./operators/OperatorPage.tsx'), 'OperatorPage'),
  remountDeps: ({ params }) => params,
})
const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  validateSearch: (given: Record<string, unknown>): { revoked?: boolean } =>
    String(given['revoked']) === 'true' ? { revoked: true } : {},
  component: lazyRouteComponent(() => import('./keys/KeysPage.tsx'), 'KeysPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, tenants, tenant.addChildren([overview, sessions, tenantLedger]), live, ledger, operators, operator, keys]),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch,
  defaultPendingComponent: () => <Loading what="the page" />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Addresses that one can read and write: `?status=ACTIVE,SUSPENDED&q=acme`; what is off is not in them. */
function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(
    ([, value]) =>
      value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
  )
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text ? `?${text.replaceAll('%2C', ',')}` : ''
}

function NotFound(): ReactNode {
  return (
    <Empty action={<Link to="/tenants">Go to the tenants</Link>} title="There is no such page">
      The address may be mistyped, or from another version of the console.
    </Empty>
  )
}

function Broken({ error }: ErrorComponentProps): ReactNode {
  return (
    <Empty action={<a href={location.href}>Load the page again</a>} title="The console made a mistake">
      {error instanceof Error ? error.message : 'It did not say which.'}
    </Empty>
  )
}
