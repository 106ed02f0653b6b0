import type { Chunk } from '../api/chain.ts'
import { RefusedFields, SessionFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'

export const OperatorFields = graphql(`
  fragment OperatorFields on Operator {
    id
    uuid
    name
    email
    disabled
    createdAt
    lastSignInAt
    roles
    roleGrants {
      role
      reason
      grantedAt
      expiresAt
      grantedBy {
        kind
        name
      }
    }
  }
`)
export type Operator = ResultOf<typeof OperatorFields>

export const Operators = graphql(
  `
    query Operators($after: String, $search: String, $count: Boolean!) {
      operators(first: 100, after: $after, search: $search) {
        totalCount @include(if: $count)
        nodes {
          ...OperatorFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [OperatorFields],
)

export function pageOf({ operators }: ResultOf<typeof Operators>): Chunk<Operator> | null {
  if (!operators) return null
  const { nodes, pageInfo, totalCount } = operators
  return { rows: nodes, end: pageInfo.endCursor, more: pageInfo.hasNextPage, total: totalCount ?? null }
}

export const OneOperator = graphql(
  `
    query OneOperator($id: ID!, $after: String) {
      node(id: $id) {
        __typename
        id
        ... on Operator {
          ...OperatorFields
          conduct(days: 30) {
            started
            stopped
            expired
            abandoned
            tenants
            withoutTicket
            breakGlass
          }
          sessions(first: 50, after: $after) {
            nodes {
              ...SessionFields
            }
            pageInfo {
              hasNextPage
              endCursor
            }
          }
        }
      }
    }
  `,
  [OperatorFields, SessionFields],
)
type Node = NonNullable<ResultOf<typeof OneOperator>['node']>
export type OperatorDetail = Extract<Node, { __typename: 'Operator' }>

const OperatorOutcome = graphql(
  `
    fragment OperatorOutcome on OperatorResult {
      __typename
      ... on OperatorChanged {
        operator {
          ...OperatorFields
        }
      }
      ... on Refused {
        ...RefusedFields
      }
    }
  `,
  [OperatorFields, RefusedFields],
)

export const GrantRole = graphql(
  `
    mutation GrantRole($input: GrantRoleInput!) {
      outcome: grantRole(input: $input) {
        ...OperatorOutcome
      }
    }
  `,
  [OperatorOutcome],
)

export const RevokeRole = graphql(
  `
    mutation RevokeRole($input: RevokeRoleInput!) {
      outcome: revokeRole(input: $input) {
        ...OperatorOutcome
      }
    }
  `,
  [OperatorOutcome],
)

export const DisableOperator = graphql(
  `
    mutation DisableOperator($input: DisableOperatorInput!) {
      outcome: disableOperator(input: $input) {
        ...OperatorOutcome
      }
    }
  `,
  [OperatorOutcome],
)

export const EnableOperator = graphql(
  `
    mutation EnableOperator($input: EnableOperatorInput!) {
      outcome: enableOperator(input: $input) {
        ...OperatorOutcome
      }
    }
  `,
  [OperatorOutcome],
)

/** What the ledger says when operators or their roles change, or one comes in: there is no other word of it. */
export const OPERATOR_KINDS = [
  'OPERATOR_ADDED',
  'OPERATOR_DISABLED',
  'OPERATOR_ENABLED',
  'ROLE_GRANTED',
  'ROLE_REVOKED',
  'SIGNED_IN',
]
