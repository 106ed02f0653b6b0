import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { modeWord } from '../kit/words.ts'
import { ChangeMode } from './changes.ts'
import type { SessionDetail } from './SessionPage.tsx'
import { reasonSlip } from './start.ts'

/** To write needs a reason, which the tenant reads; to read only again needs none. */
export default function ModeDialog({ session, close }: { session: SessionDetail; close: () => void }): ReactNode {
  const [{ fetching }, change] = useMutation(ChangeMode)
  const [reason, setReason] = useState('')
  const [problems, setProblems] = useState(NONE)
  const keys = useIdempotency()
  // As it was when the dialog opened: a change that comes by push must not turn the question round.
  const [mode] = useState(session.mode === 'READ_ONLY' ? ('READ_WRITE' as const) : ('READ_ONLY' as const))
  const { policy } = session
  const needed = mode === 'READ_WRITE' && policy.reasonRequired

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const slip = reasonSlip(reason, policy, needed)
    if (slip !== undefined) {
      setProblems({ fields: { reason: slip }, general: [] })
      return
    }
    const input = { sessionId: session.id, mode, reason }
    const { data, error } = await change({ input: { ...input, idempotencyKey: keys.for(input) } })
    const answer = data?.outcome
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') setProblems(fromRefusal(answer, ['reason']))
    else close()
  }

  return (
    <Dialog close={close} title={`Change to ${modeWord(mode)}`}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        <GeneralProblems of={problems.general} />
        <p>
          {mode === 'READ_WRITE'
            ? `What you change in ${session.tenant.name} is real from now on, counts as yours, and is recorded.`
            : `You can change nothing in ${session.tenant.name} from now on. The session goes on.`}
        </p>
        <ReasonField
          description={`The people of ${session.tenant.name} read it.`}
          error={problems.fields['reason']}
          max={policy.reasonMaxLength}
          min={policy.reasonMinLength}
          onChange={(value) => {
            setReason(value)
            setProblems(NONE)
          }}
          required={needed}
          value={reason}
        />
        <DialogFoot busy={fetching} cancel={close} submit={`Change to ${modeWord(mode)}`} />
      </form>
    </Dialog>
  )
}
