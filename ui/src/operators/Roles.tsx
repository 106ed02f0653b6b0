import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { useNow } from '../kit/now.ts'
import { ROLES } from '../kit/roles.ts'
import type { Operator } from './operators.ts'
import css from './operators.module.css'
import { inForce, Until } from './Until.tsx'

/** A person's roles, each with its end where it has one. */
export function Roles({ of }: { of: Pick<Operator, 'roleGrants'> }): ReactNode {
  const now = useNow()
  const grants = of.roleGrants ?? []
  if (grants.length === 0) return <span className="muted">No role</span>
  return (
    <span className={css['roles']}>
      {grants.map((grant) => (
        <span
          className={css['role']}
          data-over={inForce(grant, now) ? undefined : true}
          key={grant.role}
          title={ROLES[grant.role].does}
        >
          {ROLES[grant.role].word}
          {grant.expiresAt ? (
            <span className="muted">
              <Icon name="hourglass" size={12} /> <Until of={grant} />
            </span>
          ) : null}
        </span>
      ))}
    </span>
  )
}
