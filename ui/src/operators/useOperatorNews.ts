import { useEffect, useState } from 'react'
import { useClient } from 'urql'

import { EntryFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useFollow } from '../api/useFollow.ts'
import { useViewer } from '../frame/viewer.tsx'
import { globalId } from '../kit/text.ts'
import { OPERATOR_KINDS, OperatorFields } from './operators.ts'

const OperatorNews = graphql(
  `
    subscription OperatorNews($kinds: [String!]!, $after: String) {
      auditEvents(filter: { kinds: $kinds }, after: $after) {
        change
        position
        entry {
          ...EntryFields
        }
      }
    }
  `,
  [EntryFields],
)

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

/** Changes that come together, as when a sign-in ends with a role, are one question. */
const TOGETHER = 100

interface Interest {
  /** Whether the page shows this operator. */
  shows: (id: string) => boolean
  /** Somebody became an operator. */
  added?: () => void
}

/**
 * Asks anew for whom the ledger tells of, and for nobody else: its entry says that an operator changed, not what they
 * are now.
 */
export function useOperatorNews({ shows, added }: Interest): void {
  const client = useClient()
  const { may } = useViewer()
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (changed.size === 0) return undefined
    const timer = setTimeout(() => {
      setChanged(new Set())
      for (const id of changed) {
        client.query(OperatorNow, { id }, { requestPolicy: 'network-only' }).toPromise().catch(() => undefined)
      }
    }, TOGETHER)
    return () => clearTimeout(timer)
  }, [client, changed])
  useFollow(
    OperatorNews,
    { kinds: OPERATOR_KINDS },
    {
      pause: !may('AUDIT_READ'),
      on: ({ auditEvents: { change, entry } }) => {
        if (change !== 'CHANGED' || !entry) return
        const { operatorId } = entry.details as { operatorId?: string }
        const id = globalId('Operator', operatorId ?? '')
        if (entry.kind === 'OPERATOR_ADDED') added?.()
        else if (shows(id)) setChanged((before) => new Set([...before, id]))
      },
    },
  )
}
