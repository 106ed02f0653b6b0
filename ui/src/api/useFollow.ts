import { createRequest, type AnyVariables, type TypedDocumentNode } from '@urql/core'
import { useEffect, useEffectEvent, useState } from 'react'
import { useClient } from 'urql'

/**
 * Follows a stream for as long as its component stands. The cache takes what it brings, and pages are drawn for what
 * they show of that: following alone draws nothing, however much comes.
 */
export function useFollow<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, on }: { pause?: boolean; on?: (data: Data) => void } = {},
): void {
  const client = useClient()
  const tell = useEffectEvent((data: Data) => on?.(data))
  const asked = createRequest(query, variables)
  const [held, hold] = useState(asked)
  if (held.key !== asked.key) hold(asked)
  useEffect(() => {
    if (pause) return undefined
    const { unsubscribe } = client.executeSubscription(held).subscribe(({ data }) => {
      if (data) tell(data)
    })
    return unsubscribe
  }, [client, held, pause])
}
