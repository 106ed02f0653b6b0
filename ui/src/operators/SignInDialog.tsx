import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import { useLiveSessions } from '../frame/sessions.ts'
import { ReasonDialog } from '../kit/ReasonDialog.tsx'
import { count } from '../kit/text.ts'
import { DisableOperator, EnableOperator, type Operator } from './operators.ts'

/** Shuts a person out, or lets them in again. */
export default function SignInDialog({ operator, close }: { operator: Operator; close: () => void }): ReactNode {
  const [, disable] = useMutation(DisableOperator)
  const [, enable] = useMutation(EnableOperator)
  const inside = useLiveSessions().sessions.filter((session) => session.operator.id === operator.id)
  if (operator.disabled) {
    return (
      <ReasonDialog
        ask={async ({ reason, key }) => {
          const input = { operatorId: operator.id, reason }
          const { data, error } = await enable({ input: { ...input, idempotencyKey: key(input) } })
          return { error, refused: data?.enableOperator?.__typename === 'Refused' ? data.enableOperator : null }
        }}
        close={close}
        consequence={<p>{operator.name} can sign in again, with the roles that are still in force.</p>}
        done={`${operator.name} can sign in again`}
        submit={`Enable ${operator.name}`}
        title={`Enable ${operator.name}`}
      />
    )
  }
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { operatorId: operator.id, reason }
        const { data, error } = await disable({ input: { ...input, idempotencyKey: key(input) } })
        return { error, refused: data?.disableOperator?.__typename === 'Refused' ? data.disableOperator : null }
      }}
      close={close}
      color="red"
      consequence={
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
      }
      done={`${operator.name} is shut out`}
      submit={`Disable ${operator.name}`}
      title={`Disable ${operator.name}`}
    />
  )
}
