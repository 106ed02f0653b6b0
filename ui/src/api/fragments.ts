import { graphql, type ResultOf } from './graphql.ts'

/**
 * What the console knows of a session, a tenant and an entry, wherever it meets one. Events carry the same fields as
 * pages ask for, so that a push completes what is shown and never leaves a hole that must be fetched.
 */
export const SessionFields = graphql(`
  fragment SessionFields on ImpersonationSession {
    id
    uuid
    state
    mode
    reason
    ticket
    requestedAt
    startedAt
    expiresAt
    endedAt
    endCause
    durationSeconds
    lastSeenAt
    requestCount
    writeCount
    endedBy {
      kind
      name
    }
    operator {
      id
      name
      email
    }
    tenant {
      id
      slug
      name
      workspaceUrl
    }
  }
`)
export type Session = ResultOf<typeof SessionFields>

export const TenantFields = graphql(`
  fragment TenantFields on Tenant {
    id
    uuid
    slug
    name
    status
    statusReason
    plan
    region
    createdAt
    updatedAt
  }
`)
export type Tenant = ResultOf<typeof TenantFields>

export const ImpersonabilityFields = graphql(`
  fragment ImpersonabilityFields on Tenant {
    id
    impersonability {
      state
      code
      explanation
      modes
    }
  }
`)
export type Impersonability = ResultOf<typeof ImpersonabilityFields>['impersonability']

export const EntryFields = graphql(`
  fragment EntryFields on AuditEntry {
    id
    at
    kind
    summary
    details
    sequence
    hash
    previousHash
    tenant {
      id
      slug
      name
    }
    actor {
      kind
      name
    }
    session {
      id
      uuid
    }
  }
`)
export type Entry = ResultOf<typeof EntryFields>

export const RefusedFields = graphql(`
  fragment RefusedFields on Refused {
    code
    message
    problems {
      code
      message
      field
    }
  }
`)
export type Refused = ResultOf<typeof RefusedFields>
