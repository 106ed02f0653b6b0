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

/** One of some words, kept in this browser under a name; the first where nothing is kept, or nothing can be. */
export function kept<Word extends string>(
  name: string,
  words: readonly [Word, ...Word[]],
  apply: (word: Word) => void = () => undefined,
) {
  const before = recalled(name)
  const first = words.find((word) => word === before) ?? words[0]
  const { set, use } = held(first)
  apply(first)

  function keep(word: Word): void {
    apply(word)
    set(word)
    try {
      localStorage.setItem(name, word)
    } catch {
      // A browser that keeps nothing has it until the console is left.
    }
  }

  return { set: keep, use }
}

function recalled(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}
