import { useSyncExternalStore } from 'react'

import { serverNow } from '../api/clock.ts'

/** One beat a second for everything that counts, so that all countdowns turn together. */
let beat = serverNow()
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function turn(): void {
  beat = serverNow()
  for (const listener of listeners) listener()
  timer = setTimeout(turn, 1000 - (beat % 1000))
}

/** Calls at every beat, until what it answers is called. */
export function eachBeat(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) turn()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }
}

/** The time at the server, to the second. */
export const useNow = (): number => useSyncExternalStore(eachBeat, () => beat)
