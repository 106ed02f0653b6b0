import { useState } from 'react'

import { ledgerSearch, type LedgerSearch } from './search.ts'

export interface Saved {
  name: string
  search: LedgerSearch
}

/** Filters that one keeps for oneself, in this browser. */
export function useSaved(viewerId: string) {
  const place = `actas.ledger.filters.${viewerId}`
  const [found] = useState(() => read(place))
  const [saved, setSaved] = useState(found.saved)
  const [trouble, setTrouble] = useState(found.trouble)

  function write(change: (saved: readonly Saved[]) => readonly Saved[]): void {
    // What another tab kept meanwhile stays, unless this browser keeps nothing.
    const next = change(trouble ? saved : read(place).saved)
    setSaved(next)
    try {
      localStorage.setItem(place, JSON.stringify(next))
      setTrouble(undefined)
    } catch {
      setTrouble(UNKEPT)
    }
  }

  return {
    saved,
    /** What went wrong with keeping them, and what to do. */
    trouble,
    save: (name: string, search: LedgerSearch) =>
      write((before) => [...before.filter((other) => other.name !== name), { name, search }]),
    forget: (name: string) => write((before) => before.filter((other) => other.name !== name)),
  }
}

const UNKEPT =
  'This browser keeps no more: its storage is full or switched off. What you saved is here until you leave the console; the address of the page holds the filters too, so keep that.'
const UNREADABLE = 'What was saved in this browser cannot be read. Save the filters anew: that takes its place.'

/** What was kept may be of another version, or not ours at all. */
function read(place: string): { saved: readonly Saved[]; trouble?: string } {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
    if (!Array.isArray(kept)) return { saved: [], trouble: UNREADABLE }
    const saved = kept.flatMap((each: { name?: unknown; search?: unknown } | null) =>
      typeof each?.name === 'string' && typeof each.search === 'object' && each.search !== null
        ? [{ name: each.name, search: ledgerSearch(each.search as Record<string, unknown>) }]
        : [],
    )
    return saved.length < kept.length ? { saved, trouble: UNREADABLE } : { saved }
  } catch (error) {
    return { saved: [], trouble: error instanceof SyntaxError ? UNREADABLE : UNKEPT }
  }
}
