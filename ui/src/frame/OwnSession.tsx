import { useState, type ReactNode } from 'react'

import type { Session } from '../api/fragments.ts'
import { useStop } from '../impersonation/changes.ts'
import { howEnded, useEnded } from '../impersonation/ended.ts'
import { Countdown } from '../kit/Countdown.tsx'
import { Icon } from '../kit/icons.tsx'
import { useNow } from '../kit/now.ts'
import { clock } from '../kit/time.ts'
import { causeSign, isLive, modeWord } from '../kit/words.ts'
import css from './frame.module.css'
import { useViewer } from './viewer.tsx'

/** On every page while I am inside a tenant: where, how, how long still, why, and the way out. */
export function OwnSession(): ReactNode {
  const { inside } = useViewer()
  const now = useNow()
  const shown = inside && isLive(inside, now) ? inside : null
  const [last, setLast] = useState<string>()
  if (shown && shown.id !== last) setLast(shown.id)
  return (
    <section aria-label="Your session">
      {shown ? <Bar key={shown.id} session={shown} /> : null}
      {last !== undefined && !shown ? <Over dismiss={() => setLast(undefined)} id={last} /> : null}
      <LastMinute session={shown} />
    </section>
  )
}

function Bar({ session }: { session: Session }): ReactNode {
  const { stop, busy, problem } = useStop(session)
  return (
    <div className={css['inside']}>
      <Icon name="warning" size={18} />
      <p>
        <span className={css['words']}>
          You are inside <strong>{session.tenant.name}</strong> · {modeWord(session.mode)} ·{' '}
          {session.expiresAt ? <Countdown until={session.expiresAt} /> : null} left
        </span>
        <span className={css['reason']} title={session.reason}>
          · “{session.reason}”
        </span>
      </p>
      {problem ? <span role="alert">{problem}</span> : null}
      {session.tenant.workspaceUrl ? (
        <a href={`${session.tenant.workspaceUrl}/actas/enter?session=${session.uuid}`}>Back to workspace</a>
      ) : null}
      <button
        aria-label={`Stop, leave ${session.tenant.name}`}
        aria-disabled={busy}
        onClick={busy ? undefined : stop}
        type="button"
      >
        Stop
      </button>
    </div>
  )
}

/** An end is never silent: it stays here, with its cause, until it was read. */
function Over({ id, dismiss }: { id: string; dismiss: () => void }): ReactNode {
  const session = useEnded(id)
  if (!session?.endedAt || !session.endCause) return null
  return (
    <div className={`${css['inside']} ${css['over']}`} role="status">
      <Icon name={causeSign(session.endCause).icon} size={18} />
      <p>
        Your session in {session.tenant.name} is over since {clock(session.endedAt)} UTC:{' '}
        {session.endCause === 'STOPPED' ? 'you stopped it' : howEnded(session)}.
      </p>
      <button onClick={dismiss} type="button">
        Dismiss
      </button>
    </div>
  )
}

/** Said once, by voice too: the end is near. */
function LastMinute({ session }: { session: Session | null }): ReactNode {
  const now = useNow()
  const near = session?.expiresAt ? Date.parse(session.expiresAt) - now <= 60_000 : false
  return (
    <span aria-live="assertive" className="unseen">
      {near ? `One minute left inside ${session?.tenant.name}` : null}
    </span>
  )
}
