import type { ReactNode } from 'react'

import { useNow } from '../kit/now.ts'
import { ROLES } from '../kit/roles.ts'
import { date, instant } from '../kit/time.ts'
import { Icon } from '../kit/icons.tsx'
import type { Operator } from './operators.ts'
import css from './operators.module.css'

type Grant = NonNullable<Operator['roleGrants']>[number]

/** In force by the clock too: a role whose time is up counts no longer, whoever has written that down. */
export const inForce = ({ expiresAt }: Grant, now: number): boolean => expiresAt === null || Date.parse(expiresAt) > now

/** A person's roles, each with its end where it has one. */
export function Roles({ of }: { of: Pick<Operator, 'roleGrants'> }): ReactNode {
  const now = useNow()
  const grants = (of.roleGrants ?? []).filter((grant) => inForce(grant, now))
  if (grants.length === 0) return <span className="muted">No role</span>
  return (
    <span className={css['roles']}>
      {grants.map(({ role, expiresAt }) => (
        <span className={css['role']} key={role} title={expiresAt ? `until ${instant(expiresAt)}` : ROLES[role].does}>
          {ROLES[role].word}
          {expiresAt ? (
            <span className="muted">
              <Icon name="hourglass" size={12} /> until {date(expiresAt)}
            </span>
          ) : null}
        </span>
      ))}
    </span>
  )
}
