import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import { useLiveSessions } from '../frame/sessions.ts'
import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { ROLES, type Role } from '../kit/roles.ts'
import { count } from '../kit/text.ts'
import { RevokeRole, type Operator } from './operators.ts'

interface Props {
  operator: Operator
  role: Role
  close: () => void
}

export default function RevokeRoleDialog({ operator, role, close }: Props): ReactNode {
  const [, revoke] = useMutation(RevokeRole)
  const inside = useLiveSessions().sessions.filter((session) => session.operator.id === operator.id)
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { operatorId: operator.id, role, reason }
        return outcomeOf(await revoke({ input: { ...input, idempotencyKey: key(input) } }))
      }}
      close={close}
      color="red"
      consequence={
        <p>
          It counts at once, on every page that {operator.name} has open.
          {inside.length > 0 ? (
            <>
              {' '}
              Of <strong>{count(inside.length, 'live session')}</strong> those end that the other roles do not allow.
            </>
          ) : null}
        </p>
      }
      done={`${operator.name} is ${ROLES[role].word} no longer`}
      submit={`Revoke ${ROLES[role].word} of ${operator.name}`}
      title={`Revoke ${ROLES[role].word} of ${operator.name}`}
    />
  )
}
