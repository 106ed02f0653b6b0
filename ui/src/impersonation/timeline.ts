import type { Entry } from '../api/fragments.ts'

/** One request inside the tenant's product, as its guard reported it. */
export interface Request {
  id: string
  at: string
  method: string
  path: string
  route: string | null
  status: number
  durationMs: number
  wrote: boolean
}

/** The requests of one burst that one route answered. */
export interface Route {
  method: string
  name: string
  wrote: boolean
  failed: number
  requests: Request[]
}

/** What happened in a session: something that the ledger knows, or a burst of requests between two such things. */
export type Happening =
  | { kind: 'entry'; key: string; at: string; entry: Entry }
  | { kind: 'burst'; key: string; from: string; to: string; requests: number; writes: number; routes: Route[] }

/** A longer silence than this begins a new burst. */
const SILENCE = 120_000

/** A session's story from its beginning to its end, whatever order its parts came in. */
export function timeline(entries: readonly Entry[], requests: readonly Request[]): Happening[] {
  const marks = entries.toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || Number(a.sequence) - Number(b.sequence),
  )
  const waiting = requests.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const story: Happening[] = []
  let from = 0
  for (const entry of marks) {
    const until = waiting.findIndex((request) => Date.parse(request.at) > Date.parse(entry.at))
    const to = until < 0 ? waiting.length : until
    story.push(...bursts(waiting.slice(from, Math.max(from, to))))
    story.push({ kind: 'entry', key: entry.id, at: entry.at, entry })
    from = Math.max(from, to)
  }
  return [...story, ...bursts(waiting.slice(from))]
}

function bursts(requests: readonly Request[]): Happening[] {
  const found: Request[][] = []
  for (const request of requests) {
    const last = found.at(-1)
    const before = last?.at(-1)
    if (last && before && Date.parse(request.at) - Date.parse(before.at) <= SILENCE) last.push(request)
    else found.push([request])
  }
  return found.map((burst) => folded(burst))
}

/** Folded by route: writes first, then what was asked for most. */
function folded(burst: readonly Request[]): Happening {
  const routes = new Map<string, Route>()
  for (const request of burst) {
    const name = request.route ?? request.path
    const key = `${request.method} ${name} ${request.wrote}`
    const route = routes.get(key) ?? { method: request.method, name, wrote: request.wrote, failed: 0, requests: [] }
    route.requests.push(request)
    if (request.status >= 400) route.failed += 1
    routes.set(key, route)
  }
  return {
    kind: 'burst',
    key: burst[0]?.id ?? '',
    from: burst[0]?.at ?? '',
    to: burst.at(-1)?.at ?? '',
    requests: burst.length,
    writes: burst.filter(({ wrote }) => wrote).length,
    routes: [...routes.values()].toSorted(
      (a, b) => Number(b.wrote) - Number(a.wrote) || b.requests.length - a.requests.length,
    ),
  }
}
