import { Kind, parse, type ExecutionResult, type OperationDefinitionNode } from 'graphql'
import { createClient } from 'graphql-ws'

import { CHANGE_HEADERS, signInLost } from '../api/signin.ts'

const UNAUTHENTICATED = 4401

interface Operation {
  query: string
  operationName?: string | null
  variables?: Record<string, unknown>
}

type Answer = Promise<ExecutionResult> | AsyncIterableIterator<ExecutionResult>

const socket = createClient({
  url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
  // A stream that broke off says so: what came after it may be missing, and going on would hide that.
  retryAttempts: 0,
  on: {
    closed: (event) => {
      if (event instanceof CloseEvent && event.code === UNAUTHENTICATED) signInLost()
    },
  },
})

/** Queries and changes by POST, as the console sends them; subscriptions over graphql-transport-ws. */
export function fetcher({ query, operationName, variables }: Operation): Answer {
  const operations = operationsIn(query)
  const several = operations.length > 1
  const chosen = several ? operations.find(({ name }) => name?.value === operationName) : operations[0]
  // A document of one operation goes without its name: after a change of tabs GraphiQL still gives the last one's for a moment.
  const asked = { query, ...(variables && { variables }), ...(several && operationName && { operationName }) }
  return chosen?.operation === 'subscription' ? follow(asked) : post(asked)
}

export async function post(operation: Operation): Promise<ExecutionResult> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...CHANGE_HEADERS, accept: 'application/graphql-response+json' },
    body: JSON.stringify(operation),
  })
  if (response.status === 401) signInLost()
  return (await response.json()) as ExecutionResult
}

function follow(operation: Operation): AsyncIterableIterator<ExecutionResult> {
  return socket.iterate(operation) as AsyncIterableIterator<ExecutionResult>
}

function operationsIn(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION)
  } catch {
    // A slip of the keyboard: the server says where.
    return []
  }
}
