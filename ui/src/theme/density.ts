import { useSyncExternalStore } from 'react'

/** How close rows stand; kept in this browser. */
export type Density = 'comfortable' | 'dense'

const KEPT = 'actas-density'
/** In pixels, as the style sheet has them (tokens.css): virtual rows must know before they are drawn. */
export const ROW: Record<Density, number> = { comfortable: 36, dense: 28 }

const listeners = new Set<() => void>()
let density: Density = localStorage.getItem(KEPT) === 'dense' ? 'dense' : 'comfortable'
mark()

export function setDensity(next: Density): void {
  density = next
  localStorage.setItem(KEPT, next)
  mark()
  for (const listener of listeners) listener()
}

export const useDensity = (): Density => useSyncExternalStore(subscribe, () => density)

function mark(): void {
  document.documentElement.dataset['density'] = density
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
