import { CHANGE_HEADERS, signInLost } from '../api/signin.ts'

export interface Progress {
  bytes: number
  entries: number
}

/** Why a download did not come to its end, in words to show. */
export class DownloadFailed extends Error {}

const LINE = 10
const QUOTE = 34
/** The last line of NDJSON, without which it is only a part. */
const WHOLE = /\{"type":"end","entries":\d+\}\n$/

/**
 * Fetches an export and tells how far it is; saved only once it is whole, since a part must not be taken for the whole.
 * Raises DownloadFailed where the server refuses or cuts it.
 */
export async function download(
  url: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Progress> {
  const response = await fetch(url, { headers: { 'x-actas-csrf': CHANGE_HEADERS['x-actas-csrf'] }, signal })
  if (response.status === 401) signInLost()
  if (!response.ok || !response.body) throw new DownloadFailed(await said(response))
  const ndjson = response.headers.get('content-type')?.includes('ndjson') ?? false
  // Lines that are no entries: of CSV the header, of NDJSON what it is an export of, and how many there were.
  const around = ndjson ? 2 : 1
  const countLines = lineCounter(!ndjson)
  let progress: Progress = { bytes: 0, entries: 0 }
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body.getReader()
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- a stream comes one piece after the other
      const { done, value } = await reader.read()
      if (done) break
      pieces.push(value)
      progress = { bytes: progress.bytes + value.length, entries: Math.max(0, countLines(value) - around) }
      tell(progress)
    }
  } catch (error) {
    if (signal.aborted) throw error
    throw new DownloadFailed('The connection was cut before the end. Nothing was saved: try again.')
  }
  const file = new Blob(pieces)
  if (ndjson && !WHOLE.test(await file.slice(-100).text())) {
    throw new DownloadFailed('The server stopped before the end of the export. Nothing was saved: try again.')
  }
  save(file, nameOf(response) ?? `actas-ledger.${ndjson ? 'ndjson' : 'csv'}`)
  return progress
}

/** Counts the lines of all pieces so far; of CSV a quoted line break is part of a cell (RFC 4180), of JSON there is none. */
export function lineCounter(quoted: boolean): (piece: Uint8Array) => number {
  let lines = 0
  let within = false
  return (piece) => {
    for (const byte of piece) {
      // A quote within a cell is written twice, which leaves it as it was.
      if (byte === QUOTE) within = quoted && !within
      else if (byte === LINE && !within) lines += 1
    }
    return lines
  }
}

const nameOf = (response: Response): string | undefined =>
  /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]

/** The problem as the server puts it (RFC 9457). */
async function said(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => null)
  const { detail, title } = (problem ?? {}) as { detail?: string; title?: string }
  return detail ?? title ?? `The server answered ${response.status}. Try again in a moment.`
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
