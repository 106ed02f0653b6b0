import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import type { Entry } from '../api/fragments.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { Icon } from '../kit/icons.tsx'
import { Utc } from '../kit/Moment.tsx'
import { useShortcuts } from '../kit/shortcut.ts'
import { signOf } from './kinds.ts'
import css from './ledger.module.css'

interface Props {
  entries: readonly Entry[]
  open: (id: string) => void
  /** Within one tenant's ledger its name need not stand on every line. */
  ofTenant?: boolean
}

/** Entries, newest first; `j` and `k` walk them. New ones wait behind a pill while one reads further down: nothing jumps. */
export function EntryList({ entries, open, ofTenant = false }: Props): ReactNode {
  const atTop = useAtTop()
  const newest = entries[0]?.id
  const [seen, setSeen] = useState(newest)
  if (atTop && seen !== newest) setSeen(newest)
  const position = entries.findIndex((entry) => entry.id === seen)
  const waiting = atTop || position < 0 ? 0 : position

  function showNew(): void {
    setSeen(newest)
    scrollTo({ top: 0 })
  }

  const list = useRef<HTMLOListElement>(null)
  function go(by: 1 | -1): void {
    const lines = [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])]
    const here = lines.findIndex((line) => line === document.activeElement)
    lines[Math.min(lines.length - 1, Math.max(0, here + by))]?.focus()
  }
  useShortcuts({ j: () => go(1), k: () => go(-1) })
  const openEntry = useLatest(open)
  const live = new Set(useLiveSessions().sessions.map(({ id }) => id))

  return (
    <div className={css['list']}>
      <div aria-live="polite" className={css['pill']}>
        {waiting > 0 ? (
          <button onClick={showNew} type="button">
            {waiting} new
          </button>
        ) : null}
      </div>
      <ol aria-label="Entries" ref={list}>
        {entries.slice(waiting).map((entry) => (
          <li key={entry.id}>
            <Line
              entry={entry}
              live={entry.session !== null && live.has(entry.session.id)}
              ofTenant={ofTenant}
              open={openEntry}
            />
          </li>
        ))}
      </ol>
    </div>
  )
}

interface LineProps {
  entry: Entry
  /** Whether the session that it is of still runs. */
  live: boolean
  open: (id: string) => void
  ofTenant: boolean
}

/** An entry never changes, so its line is not drawn anew, however many come on top of it, until its session is over. */
const Line = memo(
  DrawnLine,
  (before, now) =>
    before.entry.id === now.entry.id && before.live === now.live && before.ofTenant === now.ofTenant,
)

function DrawnLine({ entry, live, open, ofTenant }: LineProps): ReactNode {
  const sign = signOf(entry, live)
  return (
    <button
      className={`${css['entry']} ${hasArrived(entry.id) ? 'arrived' : ''}`}
      data-kind={entry.kind}
      data-of-tenant={ofTenant || undefined}
      onClick={() => open(entry.id)}
      type="button"
    >
      <Utc at={entry.at} />
      <span className={css['mark']} data-tone={sign.tone} title={sign.label}>
        <Icon name={sign.icon} />
      </span>
      <span className={css['sentence']} title={entry.summary}>{entry.summary}</span>
      <span className={`${css['who']} muted small`}>{entry.actor.name}</span>
      {ofTenant ? null : <span className={`${css['where']} muted small`}>{entry.tenant?.name ?? 'Platform'}</span>}
    </button>
  )
}

/** The same function at each drawing, which calls the newest. */
function useLatest(call: (id: string) => void): (id: string) => void {
  const latest = useRef(call)
  useLayoutEffect(() => {
    latest.current = call
  })
  return useCallback((id) => latest.current(id), [])
}

const NEAR_TOP = 80

function useAtTop(): boolean {
  const [atTop, setAtTop] = useState(() => scrollY < NEAR_TOP)
  useEffect(() => {
    const onScroll = () => setAtTop(scrollY < NEAR_TOP)
    addEventListener('scroll', onScroll, { passive: true })
    return () => removeEventListener('scroll', onScroll)
  }, [])
  return atTop
}
