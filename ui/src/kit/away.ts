import type { CombinedError } from '@urql/core'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useQuery, type AnyVariables, type UseQueryArgs } from 'urql'

import { useConnection } from '../api/connection.ts'

/** What a gateway answers while the server restarts, and the server itself without its database. */
const STATUSES: ReadonlySet<number> = new Set([502, 503, 504])

/** Whether nobody was there who could answer. */
export const isAway = ({ networkError, response }: CombinedError): boolean =>
  networkError !== undefined || STATUSES.has((response as Response | undefined)?.status ?? 200)

const LONGEST = 60_000
/** In ms; not the same for every console that waits for the same server. */
const pause = () => 5_000 + Math.random() * 5_000

/** What failed because nobody was there is tried again as soon as the connection is back, and now and then until it is. */
export function useRetryWhenBack(error: CombinedError | undefined, retry: () => void): void {
  const away = error !== undefined && isAway(error)
  const live = useConnection().status === 'live'
  const before = useRef(live)
  const again = useEffectEvent(retry)
  useEffect(() => {
    const back = live && !before.current
    before.current = live
    if (!away) return undefined
    if (back) again()
    // Each time later than before: asking again gives up what is under way, and a busy server's answer may take long.
    let wait = pause()
    let timer = setTimeout(next, wait)
    function next(): void {
      again()
      wait = Math.min(2 * wait, LONGEST)
      timer = setTimeout(next, wait)
    }
    return () => clearTimeout(timer)
  }, [away, live])
}

/**
 * What a page asks beside what it is about, and stands without: that it failed is not said. What nobody was there to
 * answer comes later all the same.
 */
export function useBeside<Data, Variables extends AnyVariables>(args: UseQueryArgs<Variables, Data>): Data | undefined {
  const [{ data, error }, retry] = useQuery(args)
  useRetryWhenBack(args.pause ? undefined : error, retry)
  return data
}
