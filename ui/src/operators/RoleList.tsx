import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import page from '../kit/page.module.css'
import { ROLES, type Role } from '../kit/roles.ts'
import { date } from '../kit/time.ts'
import { useNow } from '../kit/now.ts'
import css from './operators.module.css'
import type { OperatorDetail } from './operators.ts'
import { inForce, Until } from './Until.tsx'

const RevokeDialog = lateDialog(() => import('./RevokeRoleDialog.tsx'))

/** Each role with who gave it, when, why and until when. */
export function RoleList({ operator }: { operator: OperatorDetail }): ReactNode {
  const { id, may } = useViewer()
  const now = useNow()
  const [role, setRole] = useState<Role>()
  const grants = operator.roleGrants ?? []
  const mayTake = may('OPERATOR_GRANT') && id !== operator.id
  return (
    <section aria-label="Roles" className={page['section']}>
      <h2>Roles</h2>
      {grants.length === 0 ? <p className="muted">None: this person can sign in and sees nothing.</p> : null}
      <ul className={css['list']}>
        {grants.map((grant) => (
          <li data-over={inForce(grant, now) ? undefined : true} key={grant.role}>
            <div>
              <p>
                <strong>{ROLES[grant.role].word}</strong>{' '}
                <Until of={grant} />
              </p>
              <p className="muted small">{ROLES[grant.role].does}</p>
              <p className="muted small">
                From {grant.grantedBy.name}, {date(grant.grantedAt)}: “{grant.reason}”
              </p>
            </div>
            {mayTake && inForce(grant, now) ? (
              <Button
                aria-label={`Revoke ${ROLES[grant.role].word}`}
                color="red"
                flex="none"
                onClick={() => setRole(grant.role)}
                size="xs"
                variant="subtle"
              >
                Revoke…
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {role ? <RevokeDialog close={() => setRole(undefined)} operator={operator} role={role} /> : null}
    </section>
  )
}
