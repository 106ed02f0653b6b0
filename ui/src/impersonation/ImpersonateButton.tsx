import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { lateDialog } from '../kit/lateDialog.tsx'
import css from '../tenants/tenant.module.css'
import type { TenantDetail } from '../tenants/TenantPage.tsx'

const ImpersonateDialog = lateDialog(() => import('./ImpersonateDialog.tsx'))

/** Not there for who never may; there but off, with the reason beside it, where this tenant may not be entered now. */
export function ImpersonateButton({ tenant }: { tenant: TenantDetail }): ReactNode {
  const [open, setOpen] = useState(false)
  const { state, explanation } = tenant.impersonability
  if (state === 'HIDDEN') return null
  return (
    <>
      {state === 'DISABLED' ? (
        <p className={css['why']} id="why-not" role="status">
          {explanation}
        </p>
      ) : null}
      <Button
        aria-describedby={state === 'DISABLED' ? 'why-not' : undefined}
        disabled={state === 'DISABLED'}
        onClick={() => setOpen(true)}
      >
        Impersonate…
      </Button>
      {/* Stays open if the tenant may not be entered any more while one types: the refusal then says why. */}
      {open ? <ImpersonateDialog close={() => setOpen(false)} tenant={tenant} /> : null}
    </>
  )
}
