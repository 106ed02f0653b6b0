import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { Lift, REASON } from './changes.ts'
import type { TenantDetail } from './TenantPage.tsx'

export default function LiftDialog({ tenant, close }: { tenant: TenantDetail; close: () => void }): ReactNode {
  const [{ fetching }, lift] = useMutation(Lift)
  const [reason, setReason] = useState('')
  const [problems, setProblems] = useState(NONE)
  const keys = useIdempotency()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const input = { tenantId: tenant.id, reason }
    const { data, error } = await lift({ input: { ...input, idempotencyKey: keys.for(input) } })
    const answer = data?.liftSuspension
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') setProblems(fromRefusal(answer, ['reason']))
    else close()
  }

  return (
    <Dialog close={close} title={`Lift the suspension of ${tenant.name}`}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        <GeneralProblems of={problems.general} />
        <p>{tenant.name} becomes what it was before, and its people can sign in again.</p>
        <ReasonField
          description="Kept in the ledger, which the tenant reads."
          error={problems.fields['reason']}
          max={REASON.max}
          min={REASON.min}
          onChange={setReason}
          value={reason}
        />
        <DialogFoot busy={fetching} cancel={close} submit={`Lift suspension of ${tenant.name}`} />
      </form>
    </Dialog>
  )
}
