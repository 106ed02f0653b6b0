import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import type { Session } from '../api/fragments.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { focus } from '../kit/focus.ts'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { useNow } from '../kit/now.ts'
import { Overtaken } from '../kit/Overtaken.tsx'
import page from '../kit/page.module.css'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { count } from '../kit/text.ts'
import { say } from '../kit/toast.ts'
import { isLive, modeWord, statusSign } from '../kit/words.ts'
import { Suspend } from './changes.ts'
import { GroundField, GROUNDS, type Ground } from './GroundField.tsx'
import { whyNot } from './selectionNow.ts'
import css from './tenant.module.css'
import type { TenantDetail } from './TenantPage.tsx'

interface Props {
  tenant: TenantDetail
  close: () => void
}

/**
 * Two steps: say why, which the server examines without doing it, then see who is cut off and confirm that. Who that is
 * follows what is pushed: somebody may enter while one reads.
 */
export default function SuspendDialog({ tenant, close }: Props): ReactNode {
  const [{ fetching }, suspend] = useMutation(Suspend)
  const [ground, setGround] = useState<Ground>('UNPAID')
  const [reason, setReason] = useState('')
  const [confirming, setConfirming] = useState(false)
  const [problems, setProblems] = useState(NONE)
  const keys = useIdempotency()
  const now = useNow()
  const inside = tenant.activeSessions.filter((session) => isLive(session, now))

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
      setConfirming(false)
      setProblems(fromRefusal(answer, ['reason', 'ground']))
    } else if (dryRun) {
      setProblems(NONE)
      setConfirming(true)
    } else {
      say(`${tenant.name} is suspended`)
      close()
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    void ask(!confirming)
  }

  const title = `Suspend ${tenant.name}`
  // Not while one's own suspension is under way: its change may be told before its answer comes.
  if (whyNot('suspend', tenant.status) !== undefined && !fetching) {
    const { word } = statusSign(tenant.status)
    return (
      <Overtaken close={close} now={`${tenant.name} is ${word.toLowerCase()} now`} title={title}>
        That changed while this was open. Nothing is left to suspend.
      </Overtaken>
    )
  }
  return (
    <Dialog close={close} title={title}>
      <form className={stack} noValidate onSubmit={submit}>
        <GeneralProblems of={problems.general} />
        {/* Hidden only, since what is typed must stay where it is found when the sign-in ends. */}
        <div hidden={confirming}>
          <div className={stack}>
            <GroundField error={problems.fields['ground']} onChange={setGround} value={ground} />
            <ReasonField
              description="Kept in the ledger, which the tenant reads."
              error={problems.fields['reason']}
              onChange={setReason}
              value={reason}
            />
          </div>
        </div>
        {confirming ? <Consequence ground={ground} inside={inside} reason={reason} tenant={tenant} /> : null}
        <DialogFoot
          busy={fetching}
          cancel={confirming ? () => setConfirming(false) : close}
          cancelWord={confirming ? 'Back' : 'Cancel'}
          color={confirming ? 'red' : 'blue'}
          submit={confirming ? verb(tenant.name, inside.length) : 'See who is cut off'}
        />
      </form>
    </Dialog>
  )
}

const verb = (name: string, ends: number) =>
  ends > 0 ? `Suspend ${name}: ends ${count(ends, 'session')}` : `Suspend ${name}: ends no session`

/** Gets the focus: it is to be read first, and a second Enter does nothing yet. */
function Consequence(props: { tenant: TenantDetail; inside: readonly Session[]; ground: Ground; reason: string }): ReactNode {
  const { tenant, inside, ground, reason } = props
  return (
    <>
      <div className={css['consequence']} ref={focus} role="status" tabIndex={-1}>
        <p>
          {inside.length > 0 ? (
            <>
              Ends <strong>{count(inside.length, 'session')}</strong> at once:
            </>
          ) : (
            <>Nobody is inside {tenant.name} now, so no session ends.</>
          )}
        </p>
        <ul>
          {inside.map((session) => (
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
      <p className="muted">
        {GROUNDS[ground]}: {reason}
      </p>
    </>
  )
}
