import { useSyncExternalStore } from 'react'

/** When the console last found that it had missed events, and read everything anew; the browser's clock, ms. */
let missed: number | undefined
const listeners = new Set<() => void>()

export function noteGap(at: number | undefined): void {
  missed = at
  for (const listener of listeners) listener()
}

export const useGap = (): number | undefined => useSyncExternalStore(subscribe, () => missed)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
