import { readPeriod, type Period } from '../kit/period.ts'

/** What the address of a tenant's sessions says; anything else in it is ignored. */
export type SessionsSearch = Period

export const sessionsSearch = (given: Record<string, unknown>): SessionsSearch => readPeriod(given)

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
