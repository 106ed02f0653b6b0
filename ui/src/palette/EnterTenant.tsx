import { useState, type ReactNode } from 'react'
import { useQuery } from 'urql'

import ImpersonateDialog from '../impersonation/ImpersonateDialog.tsx'
import { TenantQuery } from '../tenants/TenantPage.tsx'
import { whyNotEnter } from './deeds.ts'
import { Instead } from './Instead.tsx'

/** The Impersonate dialog of a tenant whose page is not open; where it may not be entered, why not. */
export default function EnterTenant({ slug, close }: { slug: string; close: () => void }): ReactNode {
  const [{ data, error }, retry] = useQuery({ query: TenantQuery, variables: { slug } })
  const tenant = data?.tenant
  // Stays open if the tenant may not be entered any more while one types: the refusal then says why.
  const [open, setOpen] = useState(false)
  if (tenant?.impersonability.state === 'ENABLED' && !open) setOpen(true)
  if (tenant && open) return <ImpersonateDialog close={close} tenant={tenant} />
  const why = tenant ? whyNotEnter(tenant.impersonability) : undefined
  const hindered = why === undefined ? undefined : ([`${tenant?.name} may not be entered now`, why] as const)
  const title = `Impersonate ${tenant?.name ?? slug}`
  return <Instead answered={data !== undefined} {...{ close, error, hindered, retry, title }} />
}
