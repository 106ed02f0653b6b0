import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { useClient } from 'urql'

import { graphql } from '../api/graphql.ts'
import { useFollow } from '../api/useFollow.ts'
import { useViewer } from '../frame/viewer.tsx'
import { OPERATOR_KINDS } from './operators.ts'

const OperatorNews = graphql(`
  subscription OperatorNews($kinds: [String!]!, $after: String) {
    auditEvents(filter: { kinds: $kinds }, after: $after) {
      change
      position
    }
  }
`)

/** Asks again when the ledger tells of operators: its entries say that something changed, not what it is now. */
export function useOperatorNews<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): void {
  const client = useClient()
  const { may } = useViewer()
  useFollow(
    OperatorNews,
    { kinds: OPERATOR_KINDS },
    {
      pause: !may('AUDIT_READ'),
      on: ({ auditEvents }) => {
        if (auditEvents.change === 'CHANGED') {
          client.query(query, variables, { requestPolicy: 'network-only' }).toPromise().catch(() => undefined)
        }
      },
    },
  )
}
