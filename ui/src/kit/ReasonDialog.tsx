import { useState, type FormEvent, type ReactNode } from 'react'
import type { CombinedError } from '@urql/core'

import type { Refused } from '../api/fragments.ts'
import { Dialog } from './Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from './Form.tsx'
import { useIdempotency } from './idempotency.ts'
import { fromError, fromRefusal, NONE, type Problems } from './problems.ts'
import { say } from './toast.ts'

interface Given {
  reason: string
  /** The key that makes a repeat of this very input safe. */
  key: (input: object) => string
}
export interface Outcome {
  error?: CombinedError | undefined
  refused?: Refused | null | undefined
}

/** What a dialog must know of an answer; mutations call what they answer `outcome`. */
export const outcomeOf = ({ data, error }: Answer): Outcome => ({
  error,
  refused: data?.outcome?.__typename === 'Refused' ? data.outcome : null,
})
type Done = 'OperatorChanged' | 'SessionChanged' | 'TenantChanged'
interface Answer {
  data?: { outcome: (Refused & { __typename: 'Refused' }) | { __typename: Done } | null } | undefined
  error?: CombinedError | undefined
}

interface Props {
  title: string
  submit: string
  color?: 'blue' | 'red'
  /** What it comes to, in words. */
  consequence?: ReactNode
  /** Fields of its own; `at` says what the server found wrong with one of them. */
  renderFields?: (at: Problems['fields']) => ReactNode
  names?: readonly string[]
  /** Who reads the reason. */
  description?: string
  ask: (given: Given) => Promise<Outcome>
  /** Said when it was done. */
  done: string
  close: () => void
}

/** A change that needs a reason: every refusal stands at its field, and a failure leaves the form as it is. */
export function ReasonDialog(props: Props): ReactNode {
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState(NONE)
  const keys = useIdempotency()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    const { error, refused } = await props.ask({ reason, key: (input) => keys.for(input) })
    setBusy(false)
    if (error) {
      setProblems(fromError(error))
      return
    }
    keys.answered()
    if (refused) {
      setProblems(fromRefusal(refused, ['reason', ...(props.names ?? [])]))
      return
    }
    say(props.done)
    props.close()
  }

  return (
    <Dialog close={props.close} title={props.title}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        <GeneralProblems of={problems.general} />
        {props.consequence}
        {props.renderFields?.(problems.fields)}
        <ReasonField
          description={props.description ?? 'Kept in the ledger.'}
          error={problems.fields['reason']}
          onChange={setReason}
          value={reason}
        />
        <DialogFoot busy={busy} cancel={props.close} color={props.color ?? 'blue'} submit={props.submit} />
      </form>
    </Dialog>
  )
}
