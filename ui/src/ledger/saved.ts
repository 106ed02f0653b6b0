import { useState } from 'react'

import { ledgerSearch, type LedgerSearch } from './search.ts'

export interface Saved {
  name: string
  search: LedgerSearch
}

/** Filters that one keeps for oneself, in this browser. */
export function useSaved(viewerId: string) {
  const place = `actas.ledger.filters.${viewerId}`
  const [saved, setSaved] = useState<readonly Saved[]>(() => read(place))

  function write(next: readonly Saved[]): void {
    setSaved(next)
    try {
      localStorage.setItem(place, JSON.stringify(next))
    } catch {
      // A browser that keeps nothing has them until the page is left.
    }
  }

  return {
    saved,
    save: (name: string, search: LedgerSearch) =>
      write([...saved.filter((other) => other.name !== name), { name, search }]),
    forget: (name: string) => write(saved.filter((other) => other.name !== name)),
  }
}

/** What was kept may be of another version, or not ours at all. */
function read(place: string): Saved[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
    if (!Array.isArray(kept)) return []
    return kept.flatMap((each: { name?: unknown; search?: unknown }) =>
      typeof each?.name === 'string' && typeof each.search === 'object' && each.search !== null
        ? [{ name: each.name, search: ledgerSearch(each.search as Record<string, unknown>) }]
        : [],
    )
  } catch {
    return []
  }
}
