import { RefusedFields, SessionFields } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { visibleLength } from '../kit/text.ts'
import { lasting } from '../kit/time.ts'
import type { Policy } from '../tenants/policy.ts'

export const Start = graphql(
  `
    mutation Start($input: StartImpersonationInput!) {
      startImpersonation(input: $input) {
        __typename
        ... on ImpersonationStarted {
          session {
            ...SessionFields
          }
          enterUrl
        }
        ... on ImpersonationPending {
          session {
            ...SessionFields
          }
        }
        ... on Refused {
          ...RefusedFields
        }
      }
    }
  `,
  [SessionFields, RefusedFields],
)

export const FIELDS = ['reason', 'ticket', 'durationSeconds', 'mode'] as const
export type Field = (typeof FIELDS)[number]

export interface Wish {
  reason: string
  ticket: string
  durationSeconds: number | null
}

/** The server's own limit (permissions/policy.py). */
export const LONGEST_TICKET = 100

/**
 * What can be told without asking, in the server's words: a slip of the keyboard is not worth an entry in the tenant's
 * ledger, which every refused attempt gets. Everything else the server decides.
 */
export function slips(wish: Wish, policy: Policy): Partial<Record<Field, string>> {
  const found: Partial<Record<Field, string>> = {}
  const reason = reasonSlip(wish.reason, policy, policy.reasonRequired)
  if (reason !== undefined) found.reason = reason
  if (policy.ticketRequired && !wish.ticket.trim()) found.ticket = 'Name the ticket that this is about.'
  if (Array.from(wish.ticket.trim()).length > LONGEST_TICKET) {
    found.ticket = `A ticket is at most ${LONGEST_TICKET} plain characters.`
  }
  if (wish.durationSeconds === null) {
    found.durationSeconds = 'Say for how many minutes, as a number.'
  } else if (wish.durationSeconds < 1) {
    found.durationSeconds = 'A session lasts at least 1 second: name more than 0 minutes.'
  } else if (wish.durationSeconds > policy.maxDurationSeconds) {
    found.durationSeconds = `A session lasts at most ${lasting(policy.maxDurationSeconds)} here.`
  }
  return found
}

type Limits = Pick<Policy, 'reasonMinLength' | 'reasonMaxLength'>

/** The part of `slips` that a change of mode has too: its refusals are entries of the ledger as those of a start are. */
export function reasonSlip(reason: string, policy: Limits, required: boolean): string | undefined {
  const length = visibleLength(reason)
  if (length === 0) return required ? 'Say why: the customer reads it.' : undefined
  if (length < policy.reasonMinLength) {
    return `The reason has ${length} characters, at least ${policy.reasonMinLength} are needed.`
  }
  if (length > policy.reasonMaxLength) return `The reason is too long: at most ${policy.reasonMaxLength} characters.`
  return undefined
}

const USUAL = [300, 900, 1800, 3600, 7200, 14_400, 28_800]

/** The durations worth a click: the policy's own default among the usual ones that it allows. */
export function choices(policy: Policy): number[] {
  const allowed = USUAL.filter((seconds) => seconds <= policy.maxDurationSeconds)
  return [...new Set([...allowed, policy.defaultDurationSeconds])].toSorted((a, b) => a - b)
}
