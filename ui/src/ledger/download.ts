import { CHANGE_HEADERS, signInLost } from '../api/signin.ts'

export interface Progress {
  bytes: number
  /** Known of NDJSON, where an entry is a line. */
  entries: number | null
}

/** Why a download did not come to its end, in words to show. */
export class DownloadFailed extends Error {}

const LINE = 10
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
  const progress: Progress = { bytes: 0, entries: ndjson ? 0 : null }
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body.getReader()
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- a stream comes one piece after the other
      const { done, value } = await reader.read()
      if (done) break
      pieces.push(value)
      progress.bytes += value.length
      if (progress.entries !== null) progress.entries += value.filter((byte) => byte === LINE).length
      tell({ ...progress })
    }
  } catch (error) {
    if (signal.aborted) throw error
    throw new DownloadFailed('The connection was cut before the end. Nothing was saved: try again.')
  }
  const file = new Blob(pieces)
  if (ndjson && !WHOLE.test(await file.slice(-100).text())) {
    throw new DownloadFailed('The server stopped before the end of the export. Nothing was saved: try again.')
  }
  // The first and the last line of NDJSON are no entries: what it is an export of, and how many there were.
  if (progress.entries !== null) progress.entries = Math.max(0, progress.entries - 2)
  save(file, nameOf(response) ?? `actas-ledger.${ndjson ? 'ndjson' : 'csv'}`)
  return progress
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
