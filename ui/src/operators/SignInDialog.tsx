import { useState, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { useLiveSessions } from '../frame/sessions.ts'
import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { count } from '../kit/text.ts'
import { DisableOperator, EnableOperator, type Operator } from './operators.ts'

/** Shuts a person out, or lets them in again. */
export default function SignInDialog({ operator, close }: { operator: Operator; close: () => void }): ReactNode {
  // As it was when the dialog opened: a change that comes by push must not turn the question round.
  const [disabled] = useState(operator.disabled)
  const [, change] = useMutation(disabled ? EnableOperator : DisableOperator)
  const inside = useLiveSessions().sessions.filter((session) => session.operator.id === operator.id)
  const does = `${disabled ? 'Enable' : 'Disable'} ${operator.name}`
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { operatorId: operator.id, reason }
        return outcomeOf(await change({ input: { ...input, idempotencyKey: key(input) } }))
      }}
      close={close}
      color={disabled ? 'blue' : 'red'}
      consequence={
        disabled ? (
          <p>{operator.name} can sign in again, with the roles that are still in force.</p>
        ) : (
          <p>
            Signs {operator.name} out everywhere
            {inside.length > 0 ? (
              <>
                {' '}
                and ends <strong>{count(inside.length, 'session')}</strong>
              </>
            ) : null}
            , at once. Nobody is deleted: the record keeps the name.
          </p>
        )
      }
      done={disabled ? `${operator.name} can sign in again` : `${operator.name} is shut out`}
      submit={does}
      title={does}
    />
  )
}
