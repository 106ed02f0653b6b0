import { Client, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core'

import { cache } from './cache.ts'
import { CHANGE_HEADERS, signInLost } from './signin.ts'
import { forwardSubscription } from './socket.ts'

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  fetchOptions: { headers: CHANGE_HEADERS },
  exchanges: [
    mapExchange({
      onError(error) {
        if (error.response?.status === 401 || error.graphQLErrors.some((e) => e.extensions['code'] === 'UNAUTHENTICATED')) {
          signInLost()
        }
      },
    }),
    cache,
    fetchExchange,
    subscriptionExchange({ forwardSubscription }),
  ],
})
