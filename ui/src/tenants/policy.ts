import { graphql, type ResultOf } from '../api/graphql.ts'
import { lasting } from '../kit/time.ts'
import { modeWord } from '../kit/words.ts'

export const PolicyFields = graphql(`
  fragment PolicyFields on Tenant {
    id
    policy {
      version
      defaultDurationSeconds
      maxDurationSeconds
      durationSelectable
      reasonRequired
      reasonMinLength
      reasonMaxLength
      ticketRequired
      ticketPattern
      concurrency
      onConflict
      modes
      approval
      idleTimeoutSeconds
      abandonAfterSeconds
      exclusive
      tenantPresence
    }
  }
`)
export type Policy = ResultOf<typeof PolicyFields>['policy']

/** The rules of one tenant in a sentence: what an operator must know before entering. */
export function policySentence(policy: Policy): string {
  const rules = [
    duration(policy),
    policy.reasonRequired ? `a reason of ${policy.reasonMinLength} characters or more` : 'a reason if there is one',
    policy.ticketRequired ? 'a ticket' : null,
    policy.modes.length > 1
      ? 'read only unless asked'
      : `${modeWord(policy.modes[0] ?? 'READ_ONLY').toLowerCase()} only`,
    policy.exclusive ? 'one operator at a time' : null,
    policy.idleTimeoutSeconds === null ? null : `out after ${lasting(policy.idleTimeoutSeconds)} idle`,
    APPROVAL[policy.approval],
    `banner for ${PRESENCE[policy.tenantPresence]}`,
  ]
  const sentence = rules.filter((rule) => rule !== null).join(', ')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}

function duration(policy: Policy): string {
  const usual = lasting(policy.defaultDurationSeconds)
  return policy.durationSelectable
    ? `${usual} by default, at most ${lasting(policy.maxDurationSeconds)}`
    : `always ${usual}`
}

const APPROVAL: Record<Policy['approval'], string | null> = {
  NOT_NEEDED: null,
  REQUIRED: 'the tenant approves each entry',
  TENANT_GRANT_ONLY: 'only while the tenant has granted access',
}

const PRESENCE: Record<Policy['tenantPresence'], string> = {
  EVERYONE: 'everyone',
  ADMINS: 'its admins',
  NOBODY: 'the operator alone',
}
