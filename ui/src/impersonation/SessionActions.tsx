import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { revoke } from '../frame/asking.ts'
import { useViewer } from '../frame/viewer.tsx'
import { BusyButton } from '../kit/BusyButton.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import { useStop } from './changes.ts'
import css from './session.module.css'
import type { SessionDetail } from './SessionPage.tsx'

const ModeDialog = lateDialog(() => import('./ModeDialog.tsx'))

/** What can be done to a live session: one's own is changed and stopped, another's is revoked by who may. */
export function SessionActions({ session }: { session: SessionDetail }): ReactNode {
  const viewer = useViewer()
  const [changing, setChanging] = useState(false)
  const mine = session.operator.id === viewer.id
  const widens = session.mode === 'READ_ONLY'
  return (
    <div className={css['actions']}>
      {mine && (!widens || viewer.may('IMPERSONATE_READ_WRITE')) ? (
        <Button
          disabled={widens && !session.policy.modes.includes('READ_WRITE')}
          onClick={() => setChanging(true)}
          variant="default"
        >
          {widens ? 'Change to READ WRITE…' : 'Change to READ ONLY…'}
        </Button>
      ) : null}
      {mine ? <Stop session={session} /> : null}
      {!mine && viewer.may('IMPERSONATION_REVOKE') ? (
        <Button color="red" onClick={() => revoke(session)} variant="outline">
          Revoke…
        </Button>
      ) : null}
      {changing ? <ModeDialog close={() => setChanging(false)} session={session} /> : null}
    </div>
  )
}

function Stop({ session }: { session: SessionDetail }): ReactNode {
  const { stop, busy, problem } = useStop(session)
  return (
    <>
      <BusyButton busy={busy} onClick={stop}>
        Leave {session.tenant.name}
      </BusyButton>
      {problem ? <p role="alert">{problem}</p> : null}
    </>
  )
}
