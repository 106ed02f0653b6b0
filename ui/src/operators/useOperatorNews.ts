import { graphql } from '../api/graphql.ts'
import { useLedgerNews } from '../frame/useLedgerNews.ts'
import { globalId } from '../kit/text.ts'
import { OPERATOR_KINDS, OperatorFields } from './operators.ts'

const OperatorNow = graphql(
  `
    query OperatorNow($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...OperatorFields
      }
    }
  `,
  [OperatorFields],
)

interface Interest {
  /** Whether the page shows this operator. */
  shows: (id: string) => boolean
  /** Somebody became an operator. */
  added?: () => void
}

/** Keeps the operators that a page shows as they are. */
export function useOperatorNews({ shows, added }: Interest): void {
  useLedgerNews({
    kinds: OPERATOR_KINDS,
    now: OperatorNow,
    concerns: ({ kind, details }) => {
      if (kind === 'OPERATOR_ADDED') {
        added?.()
        return undefined
      }
      const { operatorId } = details as { operatorId?: string }
      const id = globalId('Operator', operatorId ?? '')
      return shows(id) ? id : undefined
    },
  })
}
