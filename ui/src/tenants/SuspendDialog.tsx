import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import type { Session } from '../api/fragments.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import page from '../kit/page.module.css'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { count } from '../kit/text.ts'
import { modeWord } from '../kit/words.ts'
import { Suspend } from './changes.ts'
import { GroundField, type Ground } from './GroundField.tsx'
import css from './tenant.module.css'
import type { TenantDetail } from './TenantPage.tsx'

interface Props {
  tenant: TenantDetail
  close: () => void
}

/** Two steps: say why, then see who is cut off, which the server works out without doing it, and confirm that. */
export default function SuspendDialog({ tenant, close }: Props): ReactNode {
  const [{ fetching }, suspend] = useMutation(Suspend)
  const [ground, setGround] = useState<Ground>('UNPAID')
  const [reason, setReason] = useState('')
  const [wouldEnd, setWouldEnd] = useState<readonly Session[]>()
  const [problems, setProblems] = useState(NONE)
  const keys = useIdempotency()

  async function ask(dryRun: boolean): Promise<void> {
    const input = { tenantId: tenant.id, ground, reason, dryRun }
    const { data, error } = await suspend({ input: dryRun ? input : { ...input, idempotencyKey: keys.for(input) } })
    const answer = data?.outcome
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') {
      setWouldEnd(undefined)
      setProblems(fromRefusal(answer, ['reason', 'ground']))
    } else if (dryRun) {
      setProblems(NONE)
      setWouldEnd(answer.sessionsEnded)
    } else {
      close()
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    void ask(wouldEnd === undefined)
  }

  const confirming = wouldEnd !== undefined
  return (
    <Dialog close={close} title={`Suspend ${tenant.name}`}>
      <form className={stack} noValidate onSubmit={submit}>
        <GeneralProblems of={problems.general} />
        {confirming ? (
          <Consequence reason={reason} tenant={tenant} wouldEnd={wouldEnd} />
        ) : (
          <>
            <GroundField error={problems.fields['ground']} onChange={setGround} value={ground} />
            <ReasonField
              description="Kept in the ledger, which the tenant reads."
              error={problems.fields['reason']}
              onChange={setReason}
              value={reason}
            />
          </>
        )}
        <DialogFoot
          busy={fetching}
          cancel={confirming ? () => setWouldEnd(undefined) : close}
          cancelWord={confirming ? 'Back' : 'Cancel'}
          color={confirming ? 'red' : 'blue'}
          submit={confirming ? verb(tenant.name, wouldEnd.length) : 'See who is cut off'}
        />
      </form>
    </Dialog>
  )
}

const verb = (name: string, ends: number) =>
  ends > 0 ? `Suspend ${name}: ends ${count(ends, 'session')}` : `Suspend ${name}: ends no session`

function Consequence(props: { tenant: TenantDetail; wouldEnd: readonly Session[]; reason: string }): ReactNode {
  const { tenant, wouldEnd, reason } = props
  return (
    <>
      <div className={css['consequence']} role="status">
        <p>
          {wouldEnd.length > 0 ? (
            <>
              Ends <strong>{count(wouldEnd.length, 'session')}</strong> at once:
            </>
          ) : (
            <>Nobody is inside {tenant.name} now, so no session ends.</>
          )}
        </p>
        <ul>
          {wouldEnd.map((session) => (
            <li className={page['person']} key={session.id}>
              <Avatar live name={session.operator.name} />
              {session.operator.name} · {modeWord(session.mode)}
            </li>
          ))}
        </ul>
      </div>
      <p>
        Everybody in {tenant.name} is signed out and cannot sign in until the suspension is lifted. They see a page with
        the support link.
      </p>
      <p className="muted">Reason: {reason}</p>
    </>
  )
}
