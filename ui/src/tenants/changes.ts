import { ImpersonabilityFields, RefusedFields, SessionFields, TenantFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'

const TenantOutcome = graphql(
  `
    fragment TenantOutcome on TenantResult {
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
  `,
  [TenantFields, ImpersonabilityFields, SessionFields, RefusedFields],
)

export const Suspend = graphql(
  `
    mutation Suspend($input: SuspendTenantInput!) {
      outcome: suspendTenant(input: $input) {
        ...TenantOutcome
      }
    }
  `,
  [TenantOutcome],
)

export const Lift = graphql(
  `
    mutation Lift($input: LiftSuspensionInput!) {
      outcome: liftSuspension(input: $input) {
        ...TenantOutcome
      }
    }
  `,
  [TenantOutcome],
)
