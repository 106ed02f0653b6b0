import { useSyncExternalStore } from 'react'

/** The tenant whose Impersonate dialog is asked for, from whichever page; the frame shows it. */
let slug: string | undefined
const listeners = new Set<() => void>()

export function enter(tenant: string | undefined): void {
  slug = tenant
  for (const listener of listeners) listener()
}

export const useEntering = (): string | undefined => useSyncExternalStore(subscribe, () => slug)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
