import type { Needed } from '../kit/Lacks.tsx'
import { readPeriod, type Period } from '../kit/period.ts'

interface Tab {
  name: string
  to: `/tenants/$slug${'' | '/sessions' | '/ledger' | '/access' | '/policy' | '/history'}`
  /** Who lacks it does not see the tab. */
  needs?: Needed
}

/** A tenant's tabs, in the order of docs/decisions/0058, which says where those stand that are not built. */
export const TABS: readonly Tab[] = [
  { name: 'Overview', to: '/tenants/$slug' },
  { name: 'Sessions', to: '/tenants/$slug/sessions' },
  { name: 'Ledger', to: '/tenants/$slug/ledger', needs: 'AUDIT_READ' },
  { name: 'Access log', to: '/tenants/$slug/access', needs: 'ACCESS_LOG_READ' },
  { name: 'Policy', to: '/tenants/$slug/policy' },
  { name: 'History', to: '/tenants/$slug/history', needs: 'AUDIT_READ' },
]

/** What the address of a tenant's sessions says; anything else in it is ignored. */
export interface SessionsSearch extends Period {
  /** The whole ticket that they are about. */
  ticket?: string | undefined
}

export const sessionsSearch = (given: Record<string, unknown>): SessionsSearch => ({
  ...readPeriod(given),
  ...(typeof given['ticket'] === 'string' && given['ticket'] ? { ticket: given['ticket'] } : {}),
})

/** What the address of a tenant's access log says. */
export interface AccessSearch extends Period {
  path?: string | undefined
  wrote?: boolean | undefined
  /** The uuid of a session. */
  session?: string | undefined
}

export function accessSearch(given: Record<string, unknown>): AccessSearch {
  const text = (name: string) => (typeof given[name] === 'string' && given[name] ? { [name]: given[name] } : {})
  return {
    ...readPeriod(given),
    ...text('path'),
    ...text('session'),
    ...(String(given['wrote']) === 'true' ? { wrote: true } : {}),
  }
}

/** What the address of a tenant's ledger says. */
export interface TenantLedgerSearch extends Period {
  /** The entry whose details are open. */
  entry?: string | undefined
}

export const tenantLedgerSearch = (given: Record<string, unknown>): TenantLedgerSearch => ({
  ...readPeriod(given),
  ...(typeof given['entry'] === 'string' && given['entry'] ? { entry: given['entry'] } : {}),
})
