import { Client, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core'

import { newCache } from './cache.ts'
import { ask } from './fetch.ts'
import { CHANGE_HEADERS, signInLost } from './signin.ts'
import { forwardSubscription } from './socket.ts'

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  fetch: ask,
  // What is cached shows at once, and is asked for again: while no page showed it, no subscription kept it true.
  requestPolicy: 'cache-and-network',
  fetchOptions: { headers: CHANGE_HEADERS },
  exchanges: [
    mapExchange({
      onError(error) {
        const codes = error.graphQLErrors.map(({ extensions }) => extensions['code'])
        if (error.response?.status === 401 || codes.includes('UNAUTHENTICATED')) signInLost()
      },
    }),
    newCache(),
    fetchExchange,
    subscriptionExchange({ forwardSubscription }),
  ],
})
