import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import type { Session } from '../api/fragments.ts'
import { Overtaken } from '../kit/Overtaken.tsx'
import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { clock } from '../kit/time.ts'
import { Revoke } from './changes.ts'
import { howEnded, useEnded } from './ended.ts'

export default function RevokeDialog({ session, close }: { session: Session; close: () => void }): ReactNode {
  const [{ fetching }, revoke] = useMutation(Revoke)
  const ended = useEnded(session.id)
  const does = `Revoke ${session.operator.name}’s session`

  // Not while one's own revocation is under way: its end may be told before its answer comes.
  if (ended?.endedAt && !fetching) {
    return (
      <Overtaken close={close} now="This session is over already" title={does}>
        {session.operator.name} is out of {session.tenant.name} since {clock(ended.endedAt)} UTC: {howEnded(ended)}.
        Nothing is left to revoke.
      </Overtaken>
    )
  }
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { sessionId: session.id, reason }
        return outcomeOf(await revoke({ input: { ...input, idempotencyKey: key(input) } }))
      }}
      close={close}
      color="red"
      consequence={
        <p>
          {session.operator.name} is out of {session.tenant.name} at once. Their reason: “{session.reason}”
        </p>
      }
      description="Kept in the ledger, which the tenant reads."
      done={`${session.operator.name} is out of ${session.tenant.name}`}
      submit={does}
      title={does}
    />
  )
}
