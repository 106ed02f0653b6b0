import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useQuery } from 'urql'

import { Dialog } from '../kit/Dialog.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { unfold } from '../kit/text.ts'
import LiftDialog from '../tenants/LiftDialog.tsx'
import SuspendDialog from '../tenants/SuspendDialog.tsx'
import { TenantQuery, type TenantDetail } from '../tenants/TenantPage.tsx'

/** Suspends the tenant, or lifts its suspension, from a page where it is not open; where neither can be, says why. */
export default function SuspendTenant({ slug, close }: { slug: string; close: () => void }): ReactNode {
  const [{ data, error }, reload] = useQuery({ query: TenantQuery, variables: { slug } })
  const tenant = data?.tenant
  // Chosen once: the dialog must stay, and say what happened, when the status changes under it.
  const [chosen, choose] = useState<TenantDetail['status']>()
  if (tenant && chosen === undefined) choose(tenant.status)
  if (tenant && chosen === 'SUSPENDED') return <LiftDialog close={close} tenant={tenant} />
  if (tenant && (chosen === 'ACTIVE' || chosen === 'READ_ONLY')) return <SuspendDialog close={close} tenant={tenant} />
  return (
    <Dialog close={close} title={`Suspend ${tenant?.name ?? slug}`}>
      {tenant ? (
        <Empty action={<Button onClick={close}>Close</Button>} title={`${tenant.name} cannot be suspended now`}>
          It is {unfold(tenant.status)}: only a tenant that is in use is suspended.
        </Empty>
      ) : error ? (
        <Failed error={error} retry={reload} />
      ) : data ? (
        <Empty title="There is no such tenant">It may have been renamed.</Empty>
      ) : (
        <Loading rows={4} what="the tenant" />
      )}
    </Dialog>
  )
}
