import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import { Overtaken } from '../kit/Overtaken.tsx'
import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { statusSign } from '../kit/words.ts'
import { Lift } from './changes.ts'
import { whyNot } from './selectionNow.ts'
import type { TenantDetail } from './TenantPage.tsx'

export default function LiftDialog({ tenant, close }: { tenant: TenantDetail; close: () => void }): ReactNode {
  const [{ fetching }, lift] = useMutation(Lift)
  const title = `Lift the suspension of ${tenant.name}`

  // Not while one's own is under way: its change may be told before its answer comes.
  if (whyNot('lift', tenant.status) !== undefined && !fetching) {
    const { word } = statusSign(tenant.status)
    return (
      <Overtaken close={close} now={`${tenant.name} is ${word.toLowerCase()} now`} title={title}>
        That changed while this was open. Nothing is left to lift.
      </Overtaken>
    )
  }
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
      title={title}
    />
  )
}
