/**
 * What time it is at the server. Sessions end by its clock, so countdowns run by it: a browser whose own is wrong must
 * not show a session as live that is over.
 *
 * An event says when it happened and arrives a little later, so the least delayed of them is the best estimate.
 */
let offset: number | undefined

export function observe(at: string): void {
  const seen = Date.parse(at) - Date.now()
  if (offset === undefined || seen > offset) offset = seen
}

/** After a new connection the estimate begins anew: either clock may have been set meanwhile. */
export function forget(): void {
  offset = undefined
}

export const serverNow = (): number => Date.now() + (offset ?? 0)
