import type { TypedDocumentNode } from '@urql/core'
import { useEffect, useState } from 'react'
import { useClient } from 'urql'

import { EntryFields, type Entry } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useFollow } from '../api/useFollow.ts'
import { useViewer } from './viewer.tsx'

const LedgerNews = graphql(
  `
    subscription LedgerNews($kinds: [String!]!, $after: String) {
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

/** Changes that come together, as when a sign-in ends with a role, are one question. */
const TOGETHER = 100

interface News<Data> {
  kinds: readonly string[]
  /** Reads one thing as it is now. */
  now: TypedDocumentNode<Data, { id: string }>
  /** The id of what is to be asked for because of an entry, if anything is. */
  concerns: (entry: Entry) => string | undefined
}

/**
 * Asks anew for what the ledger tells of, and for nothing else: its entry says that something changed, not what it is
 * now. For what has no stream of its own.
 */
export function useLedgerNews<Data>({ kinds, now, concerns }: News<Data>): void {
  const client = useClient()
  const { may } = useViewer()
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (changed.size === 0) return undefined
    const timer = setTimeout(() => {
      setChanged(new Set())
      for (const id of changed) {
        client.query(now, { id }, { requestPolicy: 'network-only' }).toPromise().catch(() => undefined)
      }
    }, TOGETHER)
    return () => clearTimeout(timer)
  }, [client, now, changed])
  useFollow(
    LedgerNews,
    { kinds: [...kinds] },
    {
      pause: !may('AUDIT_READ'),
      on: ({ auditEvents: { change, entry } }) => {
        const id = change === 'CHANGED' && entry ? concerns(entry) : undefined
        if (id !== undefined) setChanged((before) => new Set([...before, id]))
      },
    },
  )
}
