import { useSyncExternalStore } from 'react'

/** How long the console may be out of touch before it says that what it shows is old. */
const PATIENCE = 6_000

export type Connection =
  | { status: 'live' }
  /** Not heard since `since` (the browser's clock, ms); `stale` from the moment that patience ran out. */
  | { status: 'reconnecting' | 'stale'; since: number }

let current: Connection = { status: 'reconnecting', since: Date.now() }
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

export function connected(): void {
  clearTimeout(timer)
  timer = undefined
  set({ status: 'live' })
}

/** `heard` is when the server last spoke, which may be well before the loss was noticed. */
export function lost(heard: number): void {
  if (current.status === 'stale' || timer !== undefined) return
  set({ status: 'reconnecting', since: heard })
  timer = setTimeout(() => set({ status: 'stale', since: heard }), Math.max(0, heard + PATIENCE - Date.now()))
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => current)
}

function set(next: Connection): void {
  current = next
  // Figures are dimmed by the style sheet, wherever they are.
  document.documentElement.toggleAttribute('data-stale', next.status === 'stale')
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
