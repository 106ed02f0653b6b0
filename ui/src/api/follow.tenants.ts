import type { Cache } from '@urql/exchange-graphcache'

import * as clock from './clock.ts'
import type { Tenant } from './fragments.ts'
import { forget, fillGap } from './lists.ts'

interface TenantEvents {
  tenantEvents?: { change: 'SNAPSHOT' | 'SNAPSHOT_END' | 'GAP' | 'CHANGED'; at: string; tenant: Tenant | null } | null
}

/** A tenant younger than this may be missing from lists that are shown. */
const NEW_WITHIN = 60_000
/** The newest state of each tenant that an event told of. */
const newest = new Map<string, string>()

/** Keeps lists of tenants true: the tenant's own fields are written before this runs. */
export function followTenants({ tenantEvents: event }: TenantEvents, _args: unknown, cache: Cache): void {
  if (!event) return
  clock.observe(event.at)
  if (event.change === 'GAP') fillGap(cache)
  if (!event.tenant) return
  newest.set(event.tenant.id, event.tenant.updatedAt)
  if (event.change !== 'CHANGED') return
  const isNew = clock.serverNow() - Date.parse(event.tenant.createdAt) < NEW_WITHIN
  forget(cache, 'Query', 'tenants', (filter) => isNew || filter['statuses'] !== undefined)
}

/** An answer that was under way when a tenant changed has its old state: it is asked for again, once. */
export function keepNewest(tenant: { id?: string; updatedAt?: string }, _args: unknown, cache: Cache): void {
  if (tenant.id === undefined || tenant.updatedAt === undefined) return
  const known = newest.get(tenant.id)
  if (known !== undefined && Date.parse(tenant.updatedAt) < Date.parse(known)) {
    newest.delete(tenant.id)
    cache.invalidate({ __typename: 'Tenant', id: tenant.id }, 'updatedAt')
  }
}
