import { useSyncExternalStore } from 'react'

/** A value that any part of the console may set, and that a component follows with `use`. */
export function held<Value>(initial: Value): { set: (next: Value) => void; use: () => Value } {
  let value = initial
  const listeners = new Set<() => void>()
  const read = () => value

  function subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  function set(next: Value): void {
    value = next
    for (const listener of listeners) listener()
  }

  return { set, use: () => useSyncExternalStore(subscribe, read) }
}
