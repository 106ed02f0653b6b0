import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

import type { Session } from '../api/fragments.ts'
import { revoke } from '../frame/asking.ts'
import { useViewer } from '../frame/viewer.tsx'

/** The way to end a session that is not one's own: not there for who may not. */
export function Revoke({ session }: { session: Session }): ReactNode {
  const { may } = useViewer()
  if (!may('IMPERSONATION_REVOKE')) return null
  return (
    <Button
      aria-label={`Revoke… ${session.operator.name}’s session in ${session.tenant.name}`}
      color="red"
      onClick={() => revoke(session)}
      size="compact-sm"
      variant="outline"
    >
      Revoke…
    </Button>
  )
}
