import { ImpersonabilityFields, RefusedFields, SessionFields, TenantFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'

/** How short and long the reason of a change may be that is not a session. */
export const REASON = { min: 3, max: 2000 }

export const Suspend = graphql(
  `
    mutation Suspend($input: SuspendTenantInput!) {
      suspendTenant(input: $input) {
        __typename
        ... on TenantChanged {
          tenant {
            ...TenantFields
            ...ImpersonabilityFields
          }
          sessionsEnded {
            ...SessionFields
          }
        }
        ... on Refused {
          ...RefusedFields
        }
      }
    }
  `,
  [TenantFields, ImpersonabilityFields, SessionFields, RefusedFields],
)

export const Lift = graphql(
  `
    mutation Lift($input: LiftSuspensionInput!) {
      liftSuspension(input: $input) {
        __typename
        ... on TenantChanged {
          tenant {
            ...TenantFields
            ...ImpersonabilityFields
          }
        }
        ... on Refused {
          ...RefusedFields
        }
      }
    }
  `,
  [TenantFields, ImpersonabilityFields, RefusedFields],
)
