import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { Lift } from './changes.ts'
import type { TenantDetail } from './TenantPage.tsx'

export default function LiftDialog({ tenant, close }: { tenant: TenantDetail; close: () => void }): ReactNode {
  const [, lift] = useMutation(Lift)
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { tenantId: tenant.id, reason }
        return outcomeOf(await lift({ input: { ...input, idempotencyKey: key(input) } }))
      }}
      close={close}
      consequence={<p>{tenant.name} becomes what it was before, and its people can sign in again.</p>}
      description="Kept in the ledger, which the tenant reads."
      done={`${tenant.name} is suspended no longer`}
      submit={`Lift suspension of ${tenant.name}`}
      title={`Lift the suspension of ${tenant.name}`}
    />
  )
}
