import { Button } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'

import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { count } from '../kit/text.ts'
import { GroundField, type Ground } from './GroundField.tsx'
import type { Picked } from './selection.ts'
import { SelectionLines } from './SelectionLines.tsx'
import { useLines, type Act, type Line } from './selectionNow.ts'
import { useRun } from './selectionRun.ts'
import { title, told, verb } from './selectionWords.ts'
import css from './tenant.module.css'

interface Props {
  act: Act
  picked: readonly Picked[]
  close: () => void
}

/**
 * One reason for several tenants: who is cut off stands there before anything happens, and what came of each at its own
 * line. What did not go well can be tried again; what is done is done once.
 */
export default function SelectionDialog({ act, picked: asked, close }: Props): ReactNode {
  // As they were picked when the dialog opened.
  const [picked, setPicked] = useState(asked)
  const [reason, setReason] = useState('')
  const [ground, setGround] = useState<Ground>('UNPAID')
  const { lines, ask } = useLines(picked, act)
  const { outcomes, busy, stopping, problems, run, stop } = useRun(act)
  const due = lines.filter((line) => line.now && !line.skipped && outcomes.get(line.id)?.state !== 'done')
  const ends = act === 'suspend' ? due.flatMap((line) => line.now?.activeSessions ?? []).length : 0
  const tried = outcomes.size > 0
  const unasked = lines.filter(({ error, now }) => error && !now)
  const waiting = lines.some(({ now, error, skipped }) => !now && !error && !skipped)
  const over = tried && due.length === 0 && !busy

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (over) close()
    else void run(due.map(({ id }) => id), { reason, ground })
  }

  return (
    <Dialog close={close} title={title(act)} width={640}>
      <form className={stack} noValidate onSubmit={submit}>
        <GeneralProblems of={problems.general} />
        <div className={css['consequence']}>
          <p role="status">{stopping ? 'Stops after this one.' : busy ? null : tried ? told(act, lines, outcomes) : before(act, due, ends)}</p>
          <SelectionLines
            act={act}
            drop={busy ? undefined : (id) => setPicked(picked.filter((each) => each.id !== id))}
            lines={lines}
            outcomes={outcomes}
          />
        </div>
        {unasked.length > 0 ? (
          <p>
            Who is inside {count(unasked.length, 'tenant')} is not known, so nothing is done to them.{' '}
            <Button onClick={ask} size="compact-sm" variant="default">
              Ask again
            </Button>
          </p>
        ) : null}
        {over ? null : (
          <>
            {act === 'suspend' ? (
              <GroundField disabled={busy} error={problems.fields['ground']} onChange={setGround} value={ground} />
            ) : null}
            <ReasonField
              description="The same for all of them: kept in the ledger of each, which the tenant reads."
              error={problems.fields['reason']}
              onChange={setReason}
              value={reason}
            />
          </>
        )}
        {due.length === 0 && !over && !waiting ? <p className="muted">There is nothing to do to any of them.</p> : null}
        <DialogFoot
          busy={busy}
          cancel={over ? undefined : close}
          cancelWord={busy ? 'Stop after this one' : tried ? 'Close' : 'Cancel'}
          color={act === 'suspend' && !over ? 'red' : 'blue'}
          disabled={!busy && !over && (due.length === 0 || waiting)}
          stop={stopping ? undefined : stop}
          submit={over ? 'Done' : verb(act, due, outcomes, ends)}
        />
      </form>
    </Dialog>
  )
}

function before(act: Act, due: readonly Line[], ends: number): ReactNode {
  const many = count(due.length, 'tenant')
  if (act === 'lift') {
    return `Of ${many} the people can sign in again. Each becomes what it was before, and nobody is cut off.`
  }
  const inside = new Set(due.flatMap(({ now }) => now?.activeSessions ?? []).map(({ operator }) => operator.id)).size
  return (
    <>
      {ends > 0 ? (
        <>
          Ends <strong>{count(ends, 'session')}</strong> of {count(inside, 'operator')} at once.
        </>
      ) : (
        'Nobody is inside now, so no session ends.'
      )}{' '}
      Everybody in {many} is signed out and cannot sign in until the suspension is lifted.
    </>
  )
}
