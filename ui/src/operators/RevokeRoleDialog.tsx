import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import { serverNow } from '../api/clock.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { grants } from '../kit/Lacks.tsx'
import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { ROLES, type Role } from '../kit/roles.ts'
import { count } from '../kit/text.ts'
import { RevokeRole, type Operator } from './operators.ts'
import { inForce } from './Until.tsx'

interface Props {
  operator: Operator
  role: Role
  close: () => void
}

export default function RevokeRoleDialog({ operator, role, close }: Props): ReactNode {
  const [, revoke] = useMutation(RevokeRole)
  const left = (operator.roleGrants ?? []).filter((each) => each.role !== role && inForce(each, serverNow()))
  const roles = left.map((each) => each.role)
  const inside = useLiveSessions().sessions.filter((session) => session.operator.id === operator.id)
  const ending = inside.filter((session) => !grants(roles, `IMPERSONATE_${session.mode}`)).length
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
              <strong>{ending > 0 ? count(ending, 'live session') : 'No live session'}</strong>{' '}
              {ending > 1 ? 'end' : 'ends'} with it.
            </>
          ) : null}
          {roles.length === 0 ? ` It is the last role: ${operator.name} can sign in then, and sees nothing.` : null}
        </p>
      }
      done={`${operator.name} is ${ROLES[role].word} no longer`}
      submit={`Revoke ${ROLES[role].word} of ${operator.name}`}
      title={`Revoke ${ROLES[role].word} of ${operator.name}`}
    />
  )
}
