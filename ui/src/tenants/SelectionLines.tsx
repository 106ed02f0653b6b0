import { useRef, type ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { Pill } from '../kit/Pill.tsx'
import { fromError } from '../kit/problems.ts'
import { count } from '../kit/text.ts'
import type { Sign } from '../kit/words.ts'
import css from './selection.module.css'
import type { Act, Line } from './selectionNow.ts'
import type { Outcome } from './selectionRun.ts'
import { isOvertaken } from './selectionWords.ts'

interface Props {
  act: Act
  lines: readonly Line[]
  outcomes: ReadonlyMap<string, Outcome>
  /** Undefined while none may be left out. */
  drop: ((id: string) => void) | undefined
}

/** A line for each tenant: who is inside it, and what came of it. */
export function SelectionLines({ act, lines, outcomes, drop }: Props): ReactNode {
  const list = useRef<HTMLUListElement>(null)
  return (
    <ul aria-label="Selected tenants" className={css['lines']} ref={list} tabIndex={-1}>
      {lines.map((line) => {
        const outcome = outcomes.get(line.id)
        return (
          <li key={line.id}>
            <strong>{line.name}</strong>
            <div className={css['told']}>
              {isOvertaken(line, outcome) ? (
                <span className="muted">{line.skipped}, though trying it failed.</span>
              ) : outcome ? (
                <Came act={act} of={outcome} />
              ) : (
                <Before act={act} line={line} />
              )}
            </div>
            {drop && outcome?.state !== 'done' ? (
              <button
                aria-label={`Leave out ${line.name}`}
                className={css['drop']}
                onClick={() => {
                  drop(line.id)
                  // Its button goes with it.
                  list.current?.focus()
                }}
                title={`Leave out ${line.name}`}
                type="button"
              >
                <Icon name="close" size={14} />
              </button>
            ) : null}
          </li>
        )
      })}
    </ul>
  )
}

function Before({ act, line: { now, skipped, error } }: { act: Act; line: Line }): ReactNode {
  if (skipped) return <span className="muted">{skipped}: passed over.</span>
  if (error && !now) return <span className={css['wrong']}>{fromError(error).general[0]}</span>
  if (!now) return <span className="muted">Asking who is inside…</span>
  if (act === 'lift') return <span className="muted">{now.statusReason ? `Suspended: ${now.statusReason}` : 'Suspended'}</span>
  if (now.activeSessions.length === 0) return <span className="muted">Nobody inside</span>
  return (
    <span>
      Ends {count(now.activeSessions.length, 'session')}:{' '}
      {now.activeSessions.map(({ operator }) => operator.name).join(', ')}
    </span>
  )
}

const SIGNS: Record<Act, Sign> = {
  suspend: { word: 'Suspended', icon: 'ban', tone: 'red' },
  lift: { word: 'Lifted', icon: 'check', tone: 'green' },
}

function Came({ act, of }: { act: Act; of: Outcome }): ReactNode {
  if (of.state === 'working') return <span className="muted">Under way…</span>
  if (of.state === 'done') {
    return (
      <>
        <Pill plain sign={SIGNS[act]} />
        {of.ended > 0 ? <span>{count(of.ended, 'session')} ended</span> : null}
      </>
    )
  }
  return (
    <span className={css['wrong']}>
      {of.state === 'refused' ? 'Refused: ' : 'Failed: '}
      {of.messages.join(' ')}
    </span>
  )
}
