import type { ReactNode } from 'react'

/** The ticket that a session is about, behind its reason: a link where it is the address of one. */
export function Ticket({ of: ticket }: { of: string | null }): ReactNode {
  if (!ticket) return null
  return (
    <span className="muted">
      {' · '}
      {/^https:\/\/\S+$/.test(ticket) ? (
        <a href={ticket} rel="noreferrer" target="_blank">
          {ticket}
        </a>
      ) : (
        ticket
      )}
    </span>
  )
}
