import { graphql, type ResultOf } from '../api/graphql.ts'
import { globalId, isUuid } from '../kit/text.ts'

export const Find = graphql(`
  query Find($text: String!, $operators: Boolean!) {
    tenants(first: 6, filter: { search: $text }) {
      nodes {
        id
        slug
        name
        status
        impersonability {
          state
          code
          explanation
          modes
        }
      }
    }
    # Those that are not over are known already: the console follows them.
    impersonationSessions(first: 5, filter: { ticket: $text, states: [ENDED] }) {
      nodes {
        id
        uuid
        reason
        requestedAt
        startedAt
        operator {
          id
          name
        }
        tenant {
          id
          name
        }
      }
    }
    operators(first: 4, search: $text) @include(if: $operators) {
      nodes {
        id
        uuid
        name
        email
      }
    }
  }
`)

export type Found = NonNullable<NonNullable<ResultOf<typeof Find>['tenants']>['nodes'][number]>

export const FindById = graphql(`
  query FindById($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Tenant {
        slug
        name
      }
      ... on ImpersonationSession {
        uuid
        reason
        operator {
          id
          name
        }
        tenant {
          id
          name
        }
      }
      ... on AuditEntry {
        summary
        at
      }
      ... on Operator {
        uuid
        name
        email
      }
    }
  }
`)

const TYPES = ['ImpersonationSession', 'Tenant', 'Operator'] as const
const GLOBAL = /^(Tenant|ImpersonationSession|AuditEntry|Operator):[\da-f-]{36}(:\d+)?$/i

/** The things that a text may be the id of: an id as the ledger carries it, or the API's own. */
export function candidates(text: string): string[] {
  if (isUuid(text)) return TYPES.map((type) => globalId(type, text.toLowerCase()))
  return /^[\w+/=-]{24,}$/.test(text) && GLOBAL.test(decoded(text)) ? [text] : []
}

function decoded(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}
