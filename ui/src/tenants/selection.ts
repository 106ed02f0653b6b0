import { useCallback, useState } from 'react'

import { date } from '../kit/time.ts'
import { statusSign } from '../kit/words.ts'
import type { Row } from './list.ts'

/** The rows that were picked; they stay picked while one filters for others. */
export interface Selection {
  rows: readonly Row[]
  has: (row: Row) => boolean
  toggle: (row: Row) => void
  /** Picks all of these, or none of them where all were picked. */
  all: (rows: readonly Row[]) => void
  clear: () => void
}

export function useSelection(): Selection {
  const [picked, setPicked] = useState<ReadonlyMap<string, Row>>(new Map())
  // The same for every row and each time, so that a pick draws its own row anew and no other.
  const toggle = useCallback((row: Row) => {
    setPicked((before) => {
      const next = new Map(before)
      if (!next.delete(row.id)) next.set(row.id, row)
      return next
    })
  }, [])
  return {
    toggle,
    rows: [...picked.values()],
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

const COLUMNS: readonly (readonly [name: string, of: (row: Row) => string | null | undefined])[] = [
  ['name', (row) => row.name],
  ['slug', (row) => row.slug],
  ['status', (row) => statusSign(row.status).word],
  ['status_reason', (row) => row.statusReason],
  ['plan', (row) => row.plan],
  ['region', (row) => row.region],
  ['inside_now', (row) => row.activeSessions.map(({ operator }) => operator.name).join('; ')],
  ['last_entered', (row) => row.sessions.nodes[0]?.startedAt],
  ['created', (row) => row.createdAt],
  ['id', (row) => row.uuid],
]

/** The picked tenants as CSV (RFC 4180), as the console shows them. */
export function csv(rows: readonly Row[]): string {
  const lines = rows.map((row) => COLUMNS.map(([, of]) => cell(of(row) ?? '')))
  return [COLUMNS.map(([name]) => name), ...lines].map((line) => `${line.join(',')}\r\n`).join('')
}

/** A tenant's name is not ours: a text that a spreadsheet would take for a formula is kept from being one. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** Hands a file to the browser, without asking the server for it. */
export function download(text: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** `tenants-3-Nov-2026.csv` */
export const fileName = (now: number): string => `tenants-${date(now).replaceAll(' ', '-')}.csv`
