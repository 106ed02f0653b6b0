import { initGraphQLTada } from 'gql.tada'

import type { introspection } from './schema.d.ts'

/** Every document of the console is written with this, and so is checked against the server's own schema. */
export const graphql = initGraphQLTada<{
  introspection: introspection
  disableMasking: true
  scalars: {
    DateTime: string
    UUID: string
    BigInt: number | string
    JSON: unknown
  }
}>()

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada'
