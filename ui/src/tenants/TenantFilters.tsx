import type { ReactNode } from 'react'

import { useBeside } from '../kit/away.ts'
import { FilterMenu, FilterToggle } from '../kit/FilterMenu.tsx'
import page from '../kit/page.module.css'
import { SearchBox } from '../kit/SearchBox.tsx'
import { statusSign, STATUSES } from '../kit/words.ts'
import { TenantFacets } from './list.ts'
import type { TenantSearch } from './search.ts'

export function TenantFilters(props: {
  search: TenantSearch
  set: (changes: Partial<TenantSearch>) => void
  leave: () => void
}): ReactNode {
  const { search, set } = props
  const data = useBeside({ query: TenantFacets })
  // What is asked for stays among the choices, though no tenant is left that has it.
  const plans = [...new Set([...(data?.tenantFacets?.plans ?? []), ...(search.plan ?? [])])]
  const regions = [...new Set([...(data?.tenantFacets?.regions ?? []), ...(search.region ?? [])])]
  return (
    <search className={page['tools']}>
      <SearchBox
        label="Search tenants"
        leave={props.leave}
        onChange={(q) => set({ q })}
        placeholder="Name or slug"
        value={search.q ?? ''}
      />
      <FilterMenu
        choices={STATUSES.map((status) => [status, statusSign(status).word] as const)}
        name="Status"
        onChange={(status) => set({ status })}
        value={search.status}
      />
      <FilterMenu
        choices={plans.map((plan) => [plan, plan] as const)}
        name="Plan"
        onChange={(plan) => set({ plan })}
        value={search.plan}
      />
      <FilterMenu
        choices={regions.map((region) => [region, region] as const)}
        name="Region"
        onChange={(region) => set({ region })}
        value={search.region}
      />
      <FilterToggle name="Someone inside" on={search.inside ?? false} onChange={(inside) => set({ inside })} />
    </search>
  )
}
