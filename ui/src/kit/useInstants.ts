import { useMemo, useSyncExternalStore } from 'react'

import { serverNow } from '../api/clock.ts'
import { eachBeat } from './now.ts'
import { dayOf, instantsOf, type Period } from './period.ts'

const today = (): string => dayOf(serverNow())

/** The instants of a period, which go on with the day where it is told from today: a page may stay open past midnight. */
export function useInstants({ from, to }: Period): { since?: string; until?: string } {
  const day = useSyncExternalStore(eachBeat, today)
  return useMemo(() => instantsOf({ from, to }, Date.parse(day)), [from, to, day])
}
