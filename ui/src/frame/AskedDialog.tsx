import { lazy, Suspense, type ReactNode } from 'react'

import { late } from '../kit/late.ts'
import { closeAsked, useAsked, type Asked } from './asking.ts'
import { useViewer, type Permission } from './viewer.tsx'

const EnterTenant = lazy(late(() => import('../palette/EnterTenant.tsx')))
const SuspendTenant = lazy(late(() => import('../palette/SuspendTenant.tsx')))
const ExportDialog = lazy(late(() => import('../ledger/ExportDialog.tsx')))
const RevokeDialog = lazy(late(() => import('../impersonation/RevokeDialog.tsx')))

/** Whoever lost it meanwhile sees the dialog no more. Who may enter is said by each tenant. */
const NEEDS: Readonly<Partial<Record<Asked['dialog'], Permission>>> = {
  suspend: 'TENANT_SUSPEND',
  export: 'AUDIT_EXPORT',
  revoke: 'IMPERSONATION_REVOKE',
}

/** The dialog that was asked for, if any. */
export function AskedDialog(): ReactNode {
  const asked = useAsked()
  const { may } = useViewer()
  const needs = asked && NEEDS[asked.dialog]
  if (!asked || (needs && !may(needs))) return null
  return <Suspense>{dialogOf(asked)}</Suspense>
}

function dialogOf(asked: Asked): ReactNode {
  switch (asked.dialog) {
    case 'enter':
      return <EnterTenant close={closeAsked} key={asked.slug} slug={asked.slug} />
    case 'suspend':
      return <SuspendTenant close={closeAsked} key={asked.slug} slug={asked.slug} />
    case 'export':
      return <ExportDialog close={closeAsked} key={asked.search.tenant} search={asked.search} />
    case 'revoke':
      return <RevokeDialog close={closeAsked} key={asked.session.id} session={asked.session} />
  }
}
