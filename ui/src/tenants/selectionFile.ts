import type { Client, CombinedError } from '@urql/core'

import { serverNow } from '../api/clock.ts'
import { date } from '../kit/time.ts'
import { isLive, statusSign } from '../kit/words.ts'
import { Tenants, type Row } from './list.ts'
import type { Picked } from './selection.ts'

/** How many ids a filter takes, and rows a page has. */
const AT_ONCE = 100

/**
 * The picked tenants as they are now, in the order in which they were picked: a filter may hide some, and no page keeps
 * those. All of them, or why not.
 */
export async function read(client: Client, picked: readonly Picked[]): Promise<readonly Row[] | CombinedError> {
  const ids = picked.map(({ id }) => id)
  const rows = new Map<string, Row>()
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const asked = { after: null, count: false, orderBy: 'NAME', filter: { ids: ids.slice(at, at + AT_ONCE) } } as const
    // oxlint-disable-next-line no-await-in-loop -- one after the other: others ask the server too
    const { data, error } = await client.query(Tenants, asked, { requestPolicy: 'network-only' }).toPromise()
    if (error) return error
    for (const row of data?.tenants?.nodes ?? []) rows.set(row.id, row)
  }
  return ids.flatMap((id) => rows.get(id) ?? [])
}

const COLUMNS: readonly (readonly [name: string, of: (row: Row) => string | null | undefined])[] = [
  ['name', (row) => row.name],
  ['slug', (row) => row.slug],
  ['status', (row) => statusSign(row.status).word],
  ['status_reason', (row) => row.statusReason],
  ['plan', (row) => row.plan],
  ['region', (row) => row.region],
  ['inside_now', (row) => row.activeSessions.filter((each) => isLive(each, serverNow())).map(({ operator }) => operator.name).join('; ')],
  ['last_entered', (row) => row.sessions.nodes[0]?.startedAt],
  ['created', (row) => row.createdAt],
  ['id', (row) => row.uuid],
]

/** Tenants as CSV (RFC 4180), as the console shows them. */
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
