import { stringifyVariables, type TypedDocumentNode } from '@urql/core'
import { useState, useSyncExternalStore } from 'react'
import { useClient } from 'urql'

import { Chain, type Chained, type Chunk, type Paging } from './chain.ts'

/**
 * A list by pages, which grows as one asks for `more`. When it is asked for anew, by another filter, the old rows stay
 * until the new ones come (`outdated`).
 */
export function useChain<Data, Variables extends Paging, Row extends { id: string }>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, keyof Paging>,
  read: (data: Data) => Chunk<Row> | null,
): Chained<Row> & { outdated: boolean; next: () => void; retry: () => void } {
  const client = useClient()
  const asked = stringifyVariables(variables)
  const [held, setHeld] = useState(() => ({ asked, chain: new Chain(client, query, variables, read) }))
  const current = held.asked === asked ? held : { asked, chain: new Chain(client, query, variables, read) }
  if (current !== held) setHeld(current)
  const state = useSyncExternalStore(current.chain.subscribe, current.chain.state)
  const [last, setLast] = useState(state)
  if (state.known && state !== last) setLast(state)
  const outdated = !state.known && last.known && state.error === undefined
  const shown = outdated ? { ...last, busy: true } : state
  return { ...shown, outdated, next: current.chain.more, retry: current.chain.retry }
}
