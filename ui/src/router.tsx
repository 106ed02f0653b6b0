import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  redirect,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Frame } from './frame/Frame.tsx'
import { LivePage } from './impersonation/LivePage.tsx'
import { localPath, only } from './kit/address.ts'
import { Broken } from './kit/Broken.tsx'
import { late } from './kit/late.ts'
import { Empty, Loading } from './kit/States.tsx'
import { ledgerSearch } from './ledger/search.ts'
import { Overview } from './tenants/Overview.tsx'
import { accessSearch, sessionsSearch, tenantLedgerSearch } from './tenants/tabs.ts'
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

/** Who comes to the sign-in page and is signed in, maybe by another tab, goes on to where it would have led. */
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  beforeLoad: ({ search }) => {
    throw redirect({ href: localPath((search as Record<string, unknown>)['next']), replace: true })
  },
})

const tenants = createRoute({
  getParentRoute: () => root,
  path: '/tenants',
  validateSearch: only(tenantSearch),
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
const sessions = createRoute({
  getParentRoute: () => tenant,
  path: '/sessions',
  validateSearch: only(sessionsSearch),
  component: SessionsTab,
})
const tenantLedger = createRoute({
  getParentRoute: () => tenant,
  path: '/ledger',
  validateSearch: only(tenantLedgerSearch),
  component: lazyRouteComponent(late(() => import('./tenants/LedgerTab.tsx')), 'LedgerTab'),
})

const access = createRoute({
  getParentRoute: () => tenant,
  path: '/access',
  validateSearch: only(accessSearch),
  component: lazyRouteComponent(late(() => import('./tenants/AccessTab.tsx')), 'AccessTab'),
})
const policy = createRoute({
  getParentRoute: () => tenant,
  path: '/policy',
  component: lazyRouteComponent(late(() => import('./tenants/PolicyTab.tsx')), 'PolicyTab'),
})
const history = createRoute({
  getParentRoute: () => tenant,
  path: '/history',
  component: lazyRouteComponent(late(() => import('./tenants/HistoryTab.tsx')), 'HistoryTab'),
})

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$uuid',
  component: lazyRouteComponent(late(() => import('./impersonation/SessionPage.tsx')), 'SessionPage'),
  remountDeps: ({ params }) => params,
})
const live = createRoute({
  getParentRoute: () => root,
  path: '/live',
  validateSearch: (given: Record<string, unknown>): { view?: 'rows' } =>
    given['view'] === 'rows' ? { view: 'rows' } : {},
  component: LivePage,
})
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  validateSearch: only(ledgerSearch),
  component: lazyRouteComponent(late(() => import('./ledger/LedgerPage.tsx')), 'LedgerPage'),
})

const operators = createRoute({
  getParentRoute: () => root,
  path: '/operators',
  validateSearch: (given: Record<string, unknown>): { q?: string } =>
    typeof given['q'] === 'string' && given['q'] ? { q: given['q'] } : {},
  component: lazyRouteComponent(late(() => import('./operators/OperatorsPage.tsx')), 'OperatorsPage'),
})
const operator = createRoute({
  getParentRoute: () => root,
  path: '/operators/$uuid',
  component: lazyRouteComponent(late(() => import('./operators/OperatorPage.tsx')), 'OperatorPage'),
  remountDeps: ({ params }) => params,
})
const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  validateSearch: (given: Record<string, unknown>): { revoked?: boolean } =>
    String(given['revoked']) === 'true' ? { revoked: true } : {},
  component: lazyRouteComponent(late(() => import('./keys/KeysPage.tsx')), 'KeysPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, signIn, tenants, tenant.addChildren([overview, sessions, tenantLedger, access, policy, history]), session, live, ledger, operators, operator, keys]),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch,
  // In the place of the page alone: one's own session and the connection stay in sight.
  defaultErrorComponent: Broken,
  defaultPendingComponent: () => <Loading what="the page" />,
  // The code of a page comes while the pointer or the focus is on the way to its link.
  defaultPreload: 'intent',
  defaultPreloadDelay: 0,
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
