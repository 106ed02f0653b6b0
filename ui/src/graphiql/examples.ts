import { print } from 'graphql'

import { graphql, type ResultOf } from '../api/graphql.ts'
import { post } from './fetcher.ts'

interface Example {
  says: string
  document: Parameters<typeof print>[0]
  /** Shown only to those who may. */
  needs?: Permission
  variables?: (tenant: Tenant) => Record<string, unknown>
}

interface Tab {
  query: string
  variables: string | null
}

const Start = graphql(`
  query WhoAndWhere {
    viewer {
      permissions
    }
    tenants(first: 1, filter: { statuses: [ACTIVE] }) {
      nodes {
        id
        slug
      }
    }
  }
`)

type Permission = ResultOf<typeof Start>['viewer']['permissions'][number]
type Tenant = NonNullable<ResultOf<typeof Start>['tenants']>['nodes'][number]

const EXAMPLES: Example[] = [
  {
    says: `
      Who am I, what may I do, am I inside a tenant?
      Ctrl-Enter runs it. The book on the left explains every
      type and field; Ctrl-Space completes what you type.`,
    document: graphql(`
      query Viewer {
        viewer {
          operator {
            name
            email
            roles
          }
          permissions
          impersonation {
            tenant {
              name
            }
            expiresAt
          }
        }
      }
    `),
  },
  {
    says: `
      Tenants, and who is inside them now.
      To read on, give the endCursor as "after".`,
    document: graphql(`
      query Tenants($filter: TenantFilter) {
        tenants(first: 10, filter: $filter) {
          nodes {
            name
            slug
            status
            activeSessions {
              operator {
                name
              }
              reason
              mode
              expiresAt
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    `),
    needs: 'TENANT_READ',
    variables: () => ({ filter: { statuses: ['ACTIVE', 'READ_ONLY'] } }),
  },
  {
    says: `
      Run this, then start and end a session elsewhere: each
      change arrives once it is committed. To go on later
      without a loss, give the last position as "after".`,
    document: graphql(`
      subscription FollowSessions {
        sessionEvents {
          change
          at
          session {
            state
            endCause
            operator {
              name
            }
            tenant {
              name
            }
            reason
          }
          position
        }
      }
    `),
    needs: 'TENANT_READ',
  },
  {
    says: `
      Enter a tenant for five minutes, on the record: it reads
      your name and your reason in its ledger. What is not
      allowed comes back as Refused, and why.`,
    document: graphql(`
      mutation StartSession($input: StartImpersonationInput!) {
        startImpersonation(input: $input) {
          __typename
          ... on ImpersonationStarted {
            session {
              tenant {
                name
              }
              mode
              expiresAt
            }
            enterUrl
          }
          ... on Refused {
            problems {
              code
              field
              message
            }
          }
        }
      }
    `),
    needs: 'IMPERSONATE_READ_ONLY',
    variables: ({ id }) => ({ input: { tenantId: id, reason: 'Trying the API in GraphiQL', durationSeconds: 300 } }),
  },
  {
    says: 'Leave it. Your own live session needs no id.',
    document: graphql(`
      mutation EndSession {
        endImpersonation(input: {}) {
          __typename
          ... on SessionChanged {
            session {
              tenant {
                name
              }
              startedAt
              endedAt
              endCause
            }
          }
          ... on Refused {
            code
            message
          }
        }
      }
    `),
    needs: 'IMPERSONATE_READ_ONLY',
  },
  {
    says: `
      A tenant's own ledger, as its admin reads it: the newest
      entry first, each chained to the one before by its hash.`,
    document: graphql(`
      query TenantLedger($slug: String!) {
        tenant(slug: $slug) {
          name
          ledger {
            sequence
            hash
          }
          audit(first: 10) {
            nodes {
              sequence
              at
              kind
              summary
              hash
              previousHash
            }
          }
        }
      }
    `),
    needs: 'AUDIT_READ',
    variables: ({ slug }) => ({ slug }),
  },
  {
    says: 'Every entry of every ledger, from now on.',
    document: graphql(`
      subscription FollowLedger {
        auditEvents {
          change
          entry {
            at
            kind
            summary
            tenant {
              name
            }
          }
          position
        }
      }
    `),
    needs: 'AUDIT_READ',
  },
]

/** The tabs to begin with: those that the viewer may run, with a tenant of this very deployment filled in. */
export async function examples(): Promise<Tab[]> {
  const { data } = (await post({ query: print(Start) })) as { data?: ResultOf<typeof Start> }
  const held = data?.viewer.permissions ?? []
  const [tenant] = data?.tenants?.nodes ?? []
  return EXAMPLES.filter(({ needs }) => !needs || held.includes(needs)).map(({ says, document, variables }) => ({
    query: `${says.trim().replace(/^\s*/gm, '# ')}\n${print(document)}\n`,
    variables: variables && tenant ? JSON.stringify(variables(tenant), null, 2) : null,
  }))
}
