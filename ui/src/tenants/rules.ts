import { graphql, type ResultOf, type VariablesOf } from '../api/graphql.ts'
import { unfold } from '../kit/text.ts'
import { lasting } from '../kit/time.ts'

export const RuleFields = graphql(`
  fragment RuleFields on ImpersonationPolicy {
    version
    profile
    defaultDurationSeconds
    maxDurationSeconds
    durationSelectable
    reasonRequired
    reasonMinLength
    reasonMaxLength
    ticketRequired
    ticketPattern
    modes
    concurrency
    onConflict
    exclusive
    approval
    idleTimeoutSeconds
    abandonAfterSeconds
    tenantPresence
    carrier
    landingPath
    returnTo
    notifyEmails
    notifyWebhook
    notifyKinds
    provenance {
      field
      source
      version
      setAt
      setBy {
        kind
        name
      }
    }
    versions(first: 50) {
      version
      forTenant
      reason
      rules
      setAt
      setBy {
        kind
        name
      }
    }
  }
`)
export type Rules = ResultOf<typeof RuleFields>
export type Version = Rules['versions'][number]

export const SetPolicy = graphql(
  `
    mutation SetPolicy($input: SetImpersonationPolicyInput!) {
      setImpersonationPolicy(input: $input) {
        __typename
        ... on PolicyChanged {
          tenant {
            id
            policy {
              ...RuleFields
            }
          }
        }
        ... on Refused {
          code
          message
          problems {
            code
            message
            field
          }
        }
      }
    }
  `,
  [RuleFields],
)
export type PolicyInput = VariablesOf<typeof SetPolicy>['input']

/** A rule that a tenant may set for itself, by its name in the API. */
export type Field = Exclude<keyof Rules & keyof PolicyInput, 'profile'>

type Kind =
  | { kind: 'minutes' | 'number' | 'text' | 'list' }
  | { kind: 'yes-no'; yes: string; no: string }
  | { kind: 'choice'; options: Record<string, string> }
  | { kind: 'modes' }

export type Rule = Kind & {
  field: Field
  label: string
  /** What counts as stricter, in a sentence; nothing where one is free. */
  stricter?: string
  /** What no value means. */
  none?: string
}

const SHORTER = 'Shorter is stricter.'

export const GROUPS: Record<string, Rule[]> = {
  Time: [
    { field: 'defaultDurationSeconds', label: 'Usual duration', kind: 'minutes', stricter: SHORTER },
    { field: 'maxDurationSeconds', label: 'Longest duration', kind: 'minutes', stricter: SHORTER },
    {
      field: 'durationSelectable',
      label: 'Other durations',
      kind: 'yes-no',
      yes: 'The operator chooses',
      no: 'Always the usual one',
      stricter: 'Always the usual one is stricter.',
    },
    { field: 'idleTimeoutSeconds', label: 'Out when idle for', kind: 'minutes', none: 'Never', stricter: SHORTER },
    {
      field: 'abandonAfterSeconds',
      label: 'Out when no page is open for',
      kind: 'minutes',
      none: 'Never',
      stricter: SHORTER,
    },
  ],
  'What is asked first': [
    {
      field: 'reasonRequired',
      label: 'Reason',
      kind: 'yes-no',
      yes: 'Needed',
      no: 'If there is one',
      stricter: 'Needed is stricter.',
    },
    { field: 'reasonMinLength', label: 'Shortest reason', kind: 'number', stricter: 'Longer is stricter.' },
    { field: 'reasonMaxLength', label: 'Longest reason', kind: 'number', stricter: SHORTER },
    {
      field: 'ticketRequired',
      label: 'Ticket',
      kind: 'yes-no',
      yes: 'Needed',
      no: 'If there is one',
      stricter: 'Needed is stricter.',
    },
    {
      field: 'ticketPattern',
      label: 'Form of a ticket',
      kind: 'text',
      none: 'Any',
      stricter: 'It can be set where all tenants have none.',
    },
    {
      field: 'approval',
      label: 'The tenant is asked',
      kind: 'choice',
      options: {
        NOT_NEEDED: 'No',
        REQUIRED: 'Before each session',
        TENANT_GRANT_ONLY: 'Only under a standing grant of its own',
      },
      stricter: 'Each further down is stricter.',
    },
  ],
  'What a session may do': [
    { field: 'modes', label: 'Modes', kind: 'modes', stricter: 'Fewer are stricter.' },
    {
      field: 'concurrency',
      label: 'One session at a time for each',
      kind: 'choice',
      options: { PER_SIGN_IN: 'Browser', PER_OPERATOR: 'Operator' },
      stricter: 'Operator is stricter.',
    },
    {
      field: 'onConflict',
      label: 'A further start',
      kind: 'choice',
      options: { REPLACE: 'Ends the session before', REJECT: 'Is refused' },
      stricter: 'Refusing is stricter.',
    },
    {
      field: 'exclusive',
      label: 'Operators at the same time',
      kind: 'yes-no',
      yes: 'One',
      no: 'Any number',
      stricter: 'One is stricter.',
    },
  ],
  'What the tenant learns': [
    {
      field: 'tenantPresence',
      label: 'Who sees the banner',
      kind: 'choice',
      options: { NOBODY: 'The operator alone', ADMINS: 'Its admins', EVERYONE: 'Everyone' },
      stricter: 'Each further down is stricter.',
    },
    { field: 'notifyEmails', label: 'Mail to', kind: 'list', none: 'Nobody' },
    { field: 'notifyWebhook', label: 'Webhook', kind: 'text', none: 'None' },
    { field: 'notifyKinds', label: 'Of these kinds of entries', kind: 'list', none: 'None' },
  ],
  'Coming and going': [
    { field: 'landingPath', label: 'First page', kind: 'text' },
    {
      field: 'returnTo',
      label: 'Afterwards to',
      kind: 'choice',
      options: { TENANT: 'The tenant’s page', TENANT_LIST: 'The list of tenants' },
    },
    {
      field: 'carrier',
      label: 'The token is kept in',
      kind: 'choice',
      options: { COOKIE: 'A cookie that scripts cannot read', TAB: 'The tab, and goes with it' },
    },
  ],
}

export const RULES: Rule[] = Object.values(GROUPS).flat()
const byField = new Map<string, Rule>(RULES.map((rule) => [rule.field, rule]))

/** What a rule is called, also one that this console does not know. */
export const ruleName = (field: string): string =>
  byField.get(field)?.label ?? unfold(field.replaceAll(/([A-Z])/g, '_$1').replace(/_?seconds$/i, ''))

export const MODES: Record<string, string> = {
  READ_ONLY: 'Read only',
  'READ_ONLY,READ_WRITE': 'Read only, and to write when asked for',
  READ_WRITE: 'To write',
}

/** A rule's value as one says it. */
export function inWords(field: string, value: unknown): string {
  const rule = byField.get(field)
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    return rule?.none ?? 'Not set'
  }
  switch (rule?.kind) {
    case 'minutes':
      return lasting(Number(value))
    case 'yes-no':
      return value === true ? rule.yes : rule.no
    case 'choice':
      return rule.options[String(value)] ?? unfold(String(value))
    case 'modes':
      return MODES[String(value)] ?? String(value)
    default:
      return Array.isArray(value) ? value.join(', ') : String(value)
  }
}
