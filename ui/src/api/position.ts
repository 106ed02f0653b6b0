import { useSyncExternalStore } from 'react'

/**
 * How far the console has followed. A place in one stream is a place in all of them, so a page that has just asked for
 * its rows follows from here, instead of being told everything that it has.
 */
let latest: string | undefined
let first: (() => void)[] = []

export function reached(position: string): void {
  latest = position
  for (const tell of first) tell()
  first = []
}

/** Undefined until something was heard. It is no state: a page takes the place that it finds, once. */
export function useReached(): string | undefined {
  const known = useSyncExternalStore(subscribe, () => latest !== undefined)
  return known ? latest : undefined
}

function subscribe(listener: () => void): () => void {
  first.push(listener)
  return () => {
    first = first.filter((other) => other !== listener)
  }
}
