import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { ImpersonateButton } from '../impersonation/ImpersonateButton.tsx'
import { StatusPill } from '../kit/Pill.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import { date } from '../kit/time.ts'
import css from './tenant.module.css'
import type { TenantDetail } from './TenantPage.tsx'

const SuspendDialog = lateDialog(() => import('./SuspendDialog.tsx'))
const LiftDialog = lateDialog(() => import('./LiftDialog.tsx'))

export function TenantHeader({ tenant }: { tenant: TenantDetail }): ReactNode {
  const { may } = useViewer()
  return (
    <>
      <div className={css['header']}>
        <div>
          <div className={css['name']}>
            <h1>{tenant.name}</h1>
            <span aria-live="polite" className="figures">
              <StatusPill status={tenant.status} />
            </span>
          </div>
          <p className={css['meta']}>
            <span className="mono">{tenant.slug}</span>
            {[tenant.region, tenant.plan, `since ${date(tenant.createdAt)}`]
              .filter((part) => part !== null)
              .map((part) => (
                <span key={part}> · {part}</span>
              ))}
          </p>
        </div>
        <div className={css['actions']}>
          {may('TENANT_SUSPEND') ? <Suspension tenant={tenant} /> : null}
          <ImpersonateButton tenant={tenant} />
        </div>
      </div>
      {tenant.status !== 'ACTIVE' && tenant.statusReason ? (
        <p className={tenant.status === 'SUSPENDED' ? css['reason'] : 'muted'}>Reason: {tenant.statusReason}</p>
      ) : null}
    </>
  )
}

/** Suspend or lift, whichever the status allows; neither for a tenant that is not in use. */
function Suspension({ tenant }: { tenant: TenantDetail }): ReactNode {
  const [open, setOpen] = useState<'suspend' | 'lift'>()
  const close = () => setOpen(undefined)
  return (
    <>
      {tenant.status === 'SUSPENDED' ? (
        <Button onClick={() => setOpen('lift')} variant="default">
          Lift suspension…
        </Button>
      ) : null}
      {tenant.status === 'ACTIVE' || tenant.status === 'READ_ONLY' ? (
        <Button color="red" onClick={() => setOpen('suspend')} variant="outline">
          Suspend…
        </Button>
      ) : null}
      {open === 'suspend' ? <SuspendDialog close={close} tenant={tenant} /> : null}
      {open === 'lift' ? <LiftDialog close={close} tenant={tenant} /> : null}
    </>
  )
}
