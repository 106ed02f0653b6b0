import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { RefusedFields, SessionFields, type Session } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { REASON } from '../tenants/changes.ts'

const Revoke = graphql(
  `
    mutation Revoke($input: RevokeImpersonationInput!) {
      revokeImpersonation(input: $input) {
        __typename
        ... on SessionChanged {
          session {
            ...SessionFields
          }
        }
        ... on Refused {
          ...RefusedFields
        }
      }
    }
  `,
  [SessionFields, RefusedFields],
)

export default function RevokeDialog({ session, close }: { session: Session; close: () => void }): ReactNode {
  const [{ fetching }, revoke] = useMutation(Revoke)
  const [reason, setReason] = useState('')
  const [problems, setProblems] = useState(NONE)
  const keys = useIdempotency()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const input = { sessionId: session.id, reason }
    const { data, error } = await revoke({ input: { ...input, idempotencyKey: keys.for(input) } })
    const answer = data?.revokeImpersonation
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') setProblems(fromRefusal(answer, ['reason']))
    else close()
  }

  return (
    <Dialog close={close} title={`Revoke ${session.operator.name}’s session`}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        <GeneralProblems of={problems.general} />
        <p>
          {session.operator.name} is out of {session.tenant.name} at once. Their reason was “{session.reason}”.
        </p>
        <ReasonField
          description="Kept in the ledger, which the tenant reads."
          error={problems.fields['reason']}
          max={REASON.max}
          min={REASON.min}
          onChange={setReason}
          value={reason}
        />
        <DialogFoot busy={fetching} cancel={close} color="red" submit={`Revoke ${session.operator.name}’s session`} />
      </form>
    </Dialog>
  )
}
