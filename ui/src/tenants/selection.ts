import { useCallback, useState } from 'react'

import type { Row } from './list.ts'

/** All that is kept of a row: the rest of it changes while it stays picked. */
export type Picked = Pick<Row, 'id' | 'name'>

/** The tenants that were picked; they stay picked while one filters for others. */
export interface Selection {
  picked: readonly Picked[]
  has: (row: Picked) => boolean
  toggle: (row: Picked) => void
  /** Picks all of these, or none of them where all were picked. */
  all: (rows: readonly Picked[]) => void
  clear: () => void
}

export function useSelection(): Selection {
  const [picked, setPicked] = useState<ReadonlyMap<string, Picked>>(new Map())
  // The same for every row and each time, so that a pick draws its own row anew and no other.
  const toggle = useCallback((row: Picked) => {
    setPicked((before) => {
      const next = new Map(before)
      if (!next.delete(row.id)) next.set(row.id, row)
      return next
    })
  }, [])
  return {
    toggle,
    picked: [...picked.values()],
    has: ({ id }) => picked.has(id),
    all: (rows) => {
      const next = new Map(picked)
      const every = rows.every(({ id }) => next.has(id))
      for (const row of rows) {
        if (every) next.delete(row.id)
        else next.set(row.id, row)
      }
      setPicked(next)
    },
    clear: () => setPicked(new Map()),
  }
}
