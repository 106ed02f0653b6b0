import { useState, type ReactNode } from 'react'
import { useQuery } from 'urql'

import LiftDialog from '../tenants/LiftDialog.tsx'
import SuspendDialog from '../tenants/SuspendDialog.tsx'
import { whyNot } from '../tenants/selectionNow.ts'
import { TenantQuery, type TenantDetail } from '../tenants/TenantPage.tsx'
import { Instead } from './Instead.tsx'

/** Suspends the tenant, or lifts its suspension, from a page where it is not open; where neither can be, says why. */
export default function SuspendTenant({ slug, close }: { slug: string; close: () => void }): ReactNode {
  const [{ data, error }, retry] = useQuery({ query: TenantQuery, variables: { slug } })
  const tenant = data?.tenant
  // Chosen once: the dialog must stay, and say what happened, when the status changes under it.
  const [chosen, choose] = useState<TenantDetail['status']>()
  if (tenant && chosen === undefined) choose(tenant.status)
  if (tenant && chosen === 'SUSPENDED') return <LiftDialog close={close} tenant={tenant} />
  if (tenant && (chosen === 'ACTIVE' || chosen === 'READ_ONLY')) return <SuspendDialog close={close} tenant={tenant} />
  const why = tenant ? whyNot('suspend', tenant.status) : undefined
  const hindered = why === undefined ? undefined : ([`${tenant?.name} cannot be suspended now`, `${why}.`] as const)
  const title = `Suspend ${tenant?.name ?? slug}`
  return <Instead answered={data !== undefined} {...{ close, error, hindered, retry, title }} />
}
