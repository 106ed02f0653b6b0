import { Button } from '@mantine/core'
import { lazy, Suspense, useState, type ReactNode } from 'react'

import type { Session } from '../api/fragments.ts'
import { useViewer } from '../frame/viewer.tsx'

const RevokeDialog = lazy(() => import('./RevokeDialog.tsx'))

/** The way to end a session that is not one's own: not there for who may not. */
export function Revoke({ session }: { session: Session }): ReactNode {
  const { may } = useViewer()
  const [open, setOpen] = useState(false)
  if (!may('IMPERSONATION_REVOKE')) return null
  return (
    <>
      <Button
        aria-label={`Revoke… ${session.operator.name}’s session in ${session.tenant.name}`}
        color="red"
        onClick={() => setOpen(true)}
        size="compact-sm"
        variant="outline"
      >
        Revoke…
      </Button>
      <Suspense>{open ? <RevokeDialog close={() => setOpen(false)} session={session} /> : null}</Suspense>
    </>
  )
}
