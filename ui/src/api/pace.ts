/** How fast live sessions make requests: ACTIVITY tells each count as it grows, and this remembers when by how much. */
interface Growth {
  at: number
  by: number
}
const counts = new Map<string, number>()
const growths = new Map<string, Growth[]>()
const known = new Map<string, number>()

const KEPT = 10 * 60_000

/** A session's count as an event told it. */
export function noteCount(id: string, count: number, at: number): void {
  const before = counts.get(id)
  counts.set(id, count)
  if (before === undefined || count <= before) return
  add(id, [{ at, by: count - before }])
}

/** What was requested before anybody listened, as a page of the access log has it: the newest, or all there are. */
export function noteEarlier(id: string, times: readonly number[], all: boolean): void {
  const first = growths.get(id)?.[0]?.at ?? Number.POSITIVE_INFINITY
  known.set(id, all ? 0 : Math.min(...times, first, known.get(id) ?? first))
  add(
    id,
    times.filter((at) => at < first).map((at) => ({ at, by: 1 })),
  )
}

/** From when on every request of a session was told; undefined where the log was not read. */
export const knownFrom = (id: string): number | undefined => known.get(id)

/** Requests in each of the last `stretches` of `length` ms, the oldest first. */
export function pace(id: string, now: number, stretches: number, length: number): number[] {
  const found = Array.from({ length: stretches }, () => 0)
  for (const { at, by } of growths.get(id) ?? []) {
    const place = stretches - 1 - Math.floor((now - at) / length)
    if (place >= 0) found[Math.min(place, stretches - 1)]! += by
  }
  return found
}

export function forgetPace(id: string): void {
  counts.delete(id)
  growths.delete(id)
  known.delete(id)
}

function add(id: string, more: readonly Growth[]): void {
  const all = [...(growths.get(id) ?? []), ...more].toSorted((a, b) => a.at - b.at)
  const newest = all.at(-1)?.at ?? 0
  growths.set(
    id,
    all.filter(({ at }) => newest - at <= KEPT),
  )
}
