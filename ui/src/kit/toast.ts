import { useSyncExternalStore } from 'react'

/** A word that something was done. It goes by itself, so nothing that one must not miss is told here: no error is. */
export interface Toast {
  id: number
  text: string
}

const STAYS = 4_000
let toasts: readonly Toast[] = []
let number = 0
const listeners = new Set<() => void>()

export function say(text: string): void {
  number += 1
  const toast = { id: number, text }
  set([...toasts, toast])
  setTimeout(() => set(toasts.filter((other) => other !== toast)), STAYS)
}

export const useToasts = (): readonly Toast[] => useSyncExternalStore(subscribe, () => toasts)

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
