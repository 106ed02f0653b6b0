import type { Tenant } from '../api/fragments.ts'
import { STATUSES } from '../kit/words.ts'

export const ORDERS = ['NAME', 'CREATED_AT_DESC', 'STATUS', 'LAST_IMPERSONATED_DESC'] as const
export type Order = (typeof ORDERS)[number]

/** What the address of the tenants page says; anything else in it is ignored. */
export interface TenantSearch {
  q?: string
  status?: Tenant['status'][]
  plan?: string[]
  region?: string[]
  inside?: boolean
  order?: Order
}

export function tenantSearch(given: Record<string, unknown>): TenantSearch {
  const status = STATUSES.filter((known) =>
    String(given['status'] ?? '')
      .split(',')
      .includes(known),
  )
  const order = ORDERS.find((known) => known === given['order'])
  return {
    ...(typeof given['q'] === 'string' && given['q'] ? { q: given['q'] } : {}),
    ...(status.length > 0 ? { status } : {}),
    ...several('plan', given['plan']),
    ...several('region', given['region']),
    ...(String(given['inside']) === 'true' ? { inside: true } : {}),
    ...(order && order !== 'NAME' ? { order } : {}),
  }
}

/** The same with what it takes where nothing is said. */
export const tenantReading = (given: Record<string, unknown>): TenantSearch => ({
  order: 'NAME',
  ...tenantSearch(given),
})

function several<Name extends string>(name: Name, given: unknown): { [key in Name]?: string[] } {
  const values = Array.isArray(given) ? given.map(String) : String(given ?? '').split(',')
  const found = values.filter((value) => value !== '')
  return found.length > 0 ? ({ [name]: found } as { [key in Name]: string[] }) : {}
}
