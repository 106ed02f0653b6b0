import type { SubscriptionForwarder } from '@urql/core'
import { createClient } from 'graphql-ws'

import { bunch } from './bunch.ts'
import * as clock from './clock.ts'
import * as connection from './connection.ts'
import { signInLost } from './signin.ts'

const UNAUTHENTICATED = 4401
/** A socket that does not answer a ping within this time is dead, whatever the network says. */
const PONG_WITHIN = 4_000

let heard = Date.now()
let pong: ReturnType<typeof setTimeout> | undefined

const socket = createClient({
  url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
  lazy: true,
  lazyCloseTimeout: 5_000,
  keepAlive: 5_000,
  connectionAckWaitTimeout: 5_000,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  retryWait: (retries) => sleep(Math.min(250 * 2 ** retries, 5_000) * (0.75 + Math.random() / 2)),
  on: {
    connected: () => {
      clock.forget()
      connection.connected()
    },
    message: () => {
      heard = Date.now()
    },
    ping: (received) => {
      if (received) return
      pong = setTimeout(() => socket.terminate(), PONG_WITHIN)
    },
    pong: (received) => {
      if (received) clearTimeout(pong)
    },
    closed: (event) => {
      clearTimeout(pong)
      connection.lost(heard)
      if (isUnauthenticated(event)) signInLost()
    },
  },
})

// The browser knows at once; the socket would notice seconds later.
addEventListener('offline', () => socket.terminate())
connection.lost(heard)

/**
 * Runs a subscription so that a new connection goes on where the old one stopped: a document that takes `$after` is
 * sent again with the last position that its events gave.
 */
export const forwardSubscription: SubscriptionForwarder = (request, operation) => ({
  subscribe(sink) {
    let position: string | undefined
    const payload = {
      query: request.query ?? '',
      operationName: operation.query.definitions.find((part) => part.kind === 'OperationDefinition')?.name?.value,
      // Read anew each time that the client sends it, which it does on each connection.
      get variables(): Record<string, unknown> {
        return { ...operation.variables, ...(position === undefined ? {} : { after: position }) }
      },
    }
    const unsubscribe = socket.subscribe(payload, {
      next(result) {
        position = resumeFrom(result.data, position)
        bunch(() => sink.next(result as Parameters<typeof sink.next>[0]))
      },
      error: (error) => bunch(() => sink.error(error)),
      complete: () => bunch(() => sink.complete()),
    })
    return { unsubscribe }
  },
})

/** A snapshot is whole or nothing: inside one there is no place to go on from. */
function resumeFrom(data: unknown, before: string | undefined): string | undefined {
  const [event] = Object.values(data ?? {}) as [{ change?: string; position?: string } | null]
  if (event?.change === 'SNAPSHOT' || event?.change === 'GAP') return undefined
  return event?.position ?? before
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function isUnauthenticated(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'code' in event && event.code === UNAUTHENTICATED
}
