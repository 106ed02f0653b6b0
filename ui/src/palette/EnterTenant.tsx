import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import ImpersonateDialog from '../impersonation/ImpersonateDialog.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { TenantQuery } from '../tenants/TenantPage.tsx'

/** The Impersonate dialog of a tenant whose page is not open; where it may not be entered, why not. */
export default function EnterTenant({ slug, close }: { slug: string; close: () => void }): ReactNode {
  const [{ data, error }, reload] = useQuery({ query: TenantQuery, variables: { slug } })
  const tenant = data?.tenant
  if (tenant?.impersonability.state === 'ENABLED') return <ImpersonateDialog close={close} tenant={tenant} />
  return (
    <Dialog close={close} title={`Impersonate ${tenant?.name ?? slug}`}>
      {tenant ? (
        <Empty action={<Button onClick={close}>Close</Button>} title={`${tenant.name} may not be entered now`}>
          {tenant.impersonability.explanation ?? 'Your roles do not allow to enter tenants.'}
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
