import type { ReactNode } from 'react'

import { lateDialog } from '../kit/lateDialog.tsx'
import { closeAsked, useAsked, type Asked } from './asking.ts'
import { useViewer, type Permission } from './viewer.tsx'

const EnterTenant = lateDialog(() => import('../palette/EnterTenant.tsx'))
const SuspendTenant = lateDialog(() => import('../palette/SuspendTenant.tsx'))
const ExportDialog = lateDialog(() => import('../ledger/ExportDialog.tsx'))
const RevokeDialog = lateDialog(() => import('../impersonation/RevokeDialog.tsx'))

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
  return dialogOf(asked)
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
