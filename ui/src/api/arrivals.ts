/** What came by push a moment ago: it glows when it appears. What a page was loaded with does not. */
const arrived = new Map<string, number>()
const GLOW = 1_200
/** Of more than these at a time none stands out, and each would be painted anew in every frame. */
const MOST = 12

export function arrive(id: string): void {
  arrived.set(id, Date.now())
  setTimeout(() => arrived.delete(id), GLOW)
}

export const hasArrived = (id: string): boolean => arrived.size <= MOST && arrived.has(id)
