import type { ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { Icon } from '../kit/icons.tsx'
import { countdown } from '../kit/time.ts'
import { modeWord } from '../kit/words.ts'
import type { TenantDetail } from '../tenants/TenantPage.tsx'
import css from './dialog.module.css'

interface Props {
  tenant: TenantDetail
  reason: string
  mode: 'READ_ONLY' | 'READ_WRITE'
  seconds: number
}

/** The banner as the tenant's people will see it, while one still writes it. */
export function BannerPreview({ tenant, reason, mode, seconds }: Props): ReactNode {
  const viewer = useViewer()
  return (
    <figure aria-label="What the tenant will see" className={css['preview']} style={{ margin: 0 }}>
      <div className={css['banner']}>
        <Icon name="warning" />
        <span className={css['what']}>
          Impersonating {tenant.name} — Operator: {viewer.name} — Reason: {reason.trim() || '…'} —{' '}
          {modeWord(mode).toLowerCase()} — <span className={css['time']}>{countdown(seconds)}</span>
        </span>
      </div>
      <figcaption className="muted small">{AUDIENCE[tenant.policy.tenantPresence](tenant.name)}</figcaption>
    </figure>
  )
}

const AUDIENCE: Record<TenantDetail['policy']['tenantPresence'], (name: string) => string> = {
  EVERYONE: (name) => `Everyone in ${name} sees this while you are inside.`,
  ADMINS: (name) => `The admins of ${name} see this while you are inside.`,
  NOBODY: (name) => `Only you see this while you are inside. ${name} reads it in its ledger.`,
}
