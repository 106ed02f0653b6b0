import type { CombinedError } from '@urql/core'
import { useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'

import type { Refused } from '../api/fragments.ts'
import { Keys } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { Lift, Suspend } from './changes.ts'
import type { Ground } from './GroundField.tsx'
import type { Act } from './selectionNow.ts'

/** How many at once: each is a change of its own, with its own entry, one after the other. */
export const MOST = 50

export type Outcome =
  | { state: 'working' }
  | { state: 'done'; ended: number }
  | { state: 'refused'; messages: readonly string[] }
  | { state: 'failed'; messages: readonly string[] }

export interface Given {
  reason: string
  ground: Ground
}
interface Answer {
  error: CombinedError | undefined
  refused: Refused | undefined
  ended: number
}

/** Does the same to several tenants, one after the other, and keeps what came of each. */
export function useRun(act: Act) {
  const client = useClient()
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState(NONE)
  // A key for each tenant, kept while no answer came: trying again does nothing twice.
  const [keys] = useState(() => new Map<string, Keys>())
  const [stopping, setStopping] = useState(false)
  // The same, for the loop, which sees no later state.
  const stopped = useRef(false)

  const put = (id: string, outcome?: Outcome) =>
    setOutcomes((before) => {
      const next = new Map(before)
      next.delete(id)
      return outcome ? next.set(id, outcome) : next
    })

  async function ask(tenantId: string, { reason, ground }: Given): Promise<Answer> {
    const key = keys.get(tenantId) ?? new Keys()
    keys.set(tenantId, key)
    const input = act === 'lift' ? { tenantId, reason } : { tenantId, reason, ground }
    const request = { input: { ...input, idempotencyKey: key.for(input) } }
    const { data, error } = await (act === 'lift' ? client.mutation(Lift, request) : client.mutation(Suspend, request))
    if (!error) key.answered()
    const answer = data?.outcome
    return answer?.__typename === 'TenantChanged'
      ? { error, refused: undefined, ended: act === 'lift' ? 0 : answer.sessionsEnded.length }
      : { error, refused: answer ?? undefined, ended: 0 }
  }

  /** Whether to go on with the next. */
  async function one(id: string, given: Given): Promise<boolean> {
    put(id, { state: 'working' })
    const { error, refused, ended } = await ask(id, given)
    if (error) {
      put(id, { state: 'failed', messages: fromError(error).general })
      // Only what went wrong inside the server may go well for the next one.
      return error.graphQLErrors[0]?.extensions['errorId'] !== undefined
    }
    if (!refused) {
      put(id, { state: 'done', ended })
      return true
    }
    const found = fromRefusal(refused, ['reason', 'ground'])
    const same = Object.keys(found.fields).length > 0
    // What is wrong with the reason is wrong with it for all of them.
    if (same) setProblems(found)
    put(id, same ? undefined : { state: 'refused', messages: found.general })
    return !same
  }

  function stopAfterThis(stop: boolean): void {
    stopped.current = stop
    setStopping(stop)
  }

  // Nobody is there any more who could stop it.
  useEffect(
    () => () => {
      stopped.current = true
    },
    [],
  )

  async function run(ids: readonly string[], given: Given): Promise<void> {
    setProblems(NONE)
    setBusy(true)
    stopped.current = false
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: each one's result is seen before the next
      if (!(await one(id, given)) || stopped.current) break
    }
    stopAfterThis(false)
    setBusy(false)
  }

  return {
    outcomes,
    busy,
    /** Whether it ends with the one that is under way. */
    stopping,
    problems,
    run,
    stop: () => stopAfterThis(true),
  }
}
