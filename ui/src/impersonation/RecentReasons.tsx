import type { ReactNode } from 'react'

import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { useBeside } from '../kit/away.ts'
import css from './dialog.module.css'

const Recent = graphql(`
  query RecentReasons($operatorId: ID!) {
    impersonationSessions(first: 10, filter: { operatorId: $operatorId }) {
      nodes {
        id
        reason
        ticket
      }
    }
  }
`)

const SHOWN = 3

/** The reasons one gave last, each with its ticket, to give again: the same case often takes several visits. */
export function RecentReasons(props: { onPick: (reason: string, ticket: string | null) => void }): ReactNode {
  const viewer = useViewer()
  const data = useBeside({ query: Recent, variables: { operatorId: viewer.id } })
  const given = (data?.impersonationSessions?.nodes ?? []).filter(({ reason }) => reason)
  const reasons = [...new Map(given.toReversed().map((each) => [each.reason, each.ticket]))]
    .toReversed()
    .slice(0, SHOWN)
  if (reasons.length === 0) return null
  return (
    <div aria-label="Recent reasons" className={css['recent']} role="group">
      Recent:
      {reasons.map(([reason, ticket]) => (
        <button
          key={reason}
          onClick={() => props.onPick(reason, ticket)}
          title={ticket ? `${reason} · ${ticket}` : reason}
          type="button"
        >
          {reason}
          {ticket ? <span className="muted"> · {ticket}</span> : null}
        </button>
      ))}
    </div>
  )
}
