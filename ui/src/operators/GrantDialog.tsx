import { Chip, NativeSelect } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { serverNow } from '../api/clock.ts'
import { Icon } from '../kit/icons.tsx'
import { outcomeOf, ReasonDialog } from '../kit/ReasonDialog.tsx'
import { ROLES, type Role } from '../kit/roles.ts'
import css from './operators.module.css'
import { inForce } from './Until.tsx'
import { GrantRole, type Operator } from './operators.ts'

const DAY = 86_400
const TIMES = [
  { label: '1 day', value: String(DAY) },
  { label: '1 week', value: String(7 * DAY) },
  { label: '30 days', value: String(30 * DAY) },
  { label: '90 days', value: String(90 * DAY) },
  { label: 'For good', value: '' },
]

export default function GrantDialog({ operator, close }: { operator: Operator; close: () => void }): ReactNode {
  const [, grant] = useMutation(GrantRole)
  const inForceNow = (operator.roleGrants ?? []).filter((each) => inForce(each, serverNow()))
  const held = new Set(inForceNow.map((each) => each.role))
  const all = Object.keys(ROLES) as Role[]
  const [role, setRole] = useState<Role>(all.find((each) => !held.has(each)) ?? 'PLATFORM_SUPPORT')
  // Also the chosen one that somebody else gave meanwhile: what the field shows is what is sent.
  const offered = all.filter((each) => each === role || !held.has(each))
  const [seconds, setSeconds] = useState(String(30 * DAY))
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { email: operator.email, role, reason, expiresInSeconds: seconds ? Number(seconds) : null }
        return outcomeOf(await grant({ input: { ...input, idempotencyKey: key(input) } }))
      }}
      close={close}
      done={`${operator.name} is ${ROLES[role].word} now`}
      renderFields={(at) => (
        <>
          <NativeSelect
            data={offered.map((value) => ({ value, label: ROLES[value].word }))}
            description={ROLES[role].does}
            error={held.has(role) ? `${operator.name} is ${ROLES[role].word} already.` : at['role']}
            label="Role"
            onChange={(event) => setRole(event.currentTarget.value as Role)}
            rightSection={<Icon name="down" size={14} />}
            value={role}
          />
          <Chip.Group onChange={setSeconds} value={seconds}>
            <div aria-label="For how long" className={css['choices']} role="group">
              {TIMES.map(({ label, value }) => (
                <Chip key={label} size="sm" value={value} variant="outline">
                  {label}
                </Chip>
              ))}
            </div>
          </Chip.Group>
        </>
      )}
      names={['role']}
      submit={`Make ${operator.name} ${ROLES[role].word}`}
      title={`Grant ${operator.name} a role`}
    />
  )
}
