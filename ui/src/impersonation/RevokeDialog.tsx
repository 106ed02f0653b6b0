import { Button } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { RefusedFields, SessionFields, type Session } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { Empty } from '../kit/States.tsx'
import { clock } from '../kit/time.ts'
import { REASON } from '../tenants/changes.ts'
import { howEnded, useEnded } from './ended.ts'

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
  const ended = useEnded(session.id)

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

  // Not while one's own revocation is under way: its end may be told before its answer comes.
  if (ended?.endedAt && !fetching) {
    return (
      <Dialog close={close} title={`Revoke ${session.operator.name}’s session`}>
        <div role="status">
          <Empty action={<Button onClick={close}>Close</Button>} title="This session is over already">
            {session.operator.name} is out of {session.tenant.name} since {clock(ended.endedAt)} UTC: {howEnded(ended)}.
            Nothing is left to revoke.
          </Empty>
        </div>
      </Dialog>
    )
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
