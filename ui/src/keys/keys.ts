import { RefusedFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'

const KeyFields = graphql(`
  fragment KeyFields on ServiceKey {
    id
    name
    prefix
    permissions
    createdAt
    lastUsedAt
    revokedAt
    tenant {
      id
      slug
      name
    }
  }
`)
export type Key = ResultOf<typeof KeyFields>

export const Keys = graphql(
  `
    query Keys {
      serviceKeys {
        ...KeyFields
      }
    }
  `,
  [KeyFields],
)

export const KeyNow = graphql(
  `
    query KeyNow($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...KeyFields
      }
    }
  `,
  [KeyFields],
)

/** What the ledger says when a key comes or goes: there is no other word of it. */
export const KEY_KINDS = ['SERVICE_KEY_ISSUED', 'SERVICE_KEY_REVOKED']

export const IssueKey = graphql(
  `
    mutation IssueKey($input: IssueServiceKeyInput!) {
      issueServiceKey(input: $input) {
        __typename
        ... on ServiceKeyIssued {
          secret
          serviceKey {
            ...KeyFields
          }
        }
        ... on Refused {
          ...RefusedFields
        }
      }
    }
  `,
  [KeyFields, RefusedFields],
)

export const RevokeKey = graphql(
  `
    mutation RevokeKey($input: RevokeServiceKeyInput!) {
      revokeServiceKey(input: $input) {
        __typename
        ... on ServiceKeyChanged {
          serviceKey {
            ...KeyFields
          }
        }
        ... on Refused {
          ...RefusedFields
        }
      }
    }
  `,
  [KeyFields, RefusedFields],
)

export const TenantBySlug = graphql(`
  query TenantBySlug($slug: String!) {
    tenant(slug: $slug) {
      id
      name
    }
  }
`)
