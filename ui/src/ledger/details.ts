import { unfold } from '../kit/text.ts'
import { instant, lasting } from '../kit/time.ts'
import { causeSign, modeWord, statusSign } from '../kit/words.ts'
import { inWords as ruleInWords, ruleName } from '../tenants/rules.ts'

export interface Line {
  term: string
  value: string
  /** What it was before, where the entry tells of a change. */
  was?: string
  as?: 'id' | 'session'
}

type Details = Record<string, unknown>

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/
/** One of a closed set: a ground, a role, a refusal. */
const CODE = /^[A-Z]{3,}(_[A-Z]+)*$/
/** Said already by the entry's own lines, or by those of a change. */
const TOLD = new Set(['was', 'to', 'now', 'rules', 'changed'])

/**
 * An entry's documented fields as lines to read; what is empty is left out. What was before and what is now stand in one
 * line: of a status, a mode, a tenant's data, and the rules of a policy.
 */
export function detailsOf(kind: string, given: unknown): Line[] {
  if (typeof given !== 'object' || given === null) return []
  const details = given as Details
  const lines = Object.entries(details)
    .filter(([name, value]) => !TOLD.has(name) && !isEmpty(value))
    .map(([name, value]) => line(name, value))
  return [...changes(kind, details), ...lines]
}

function changes(kind: string, details: Details): Line[] {
  const { was, to, now, rules } = details
  if (kind === 'POLICY_SET')
    return pairs(
      was,
      rules,
      (field) => ruleName(camel(field)),
      (field, value) => ruleInWords(camel(field), value),
    )
  if (typeof now === 'object' && now !== null) return pairs(was, now, inWords, (name, value) => readable(name, value))
  if (typeof to !== 'string') return []
  const before = typeof was === 'string' ? { was: status(was) } : {}
  return [{ term: kind === 'IMPERSONATION_MODE_CHANGED' ? 'Mode' : 'Status', value: status(to), ...before }]
}

function pairs(
  was: unknown,
  now: unknown,
  term: (name: string) => string,
  word: (name: string, value: unknown) => string,
): Line[] {
  const before = (was ?? {}) as Details
  const after = (now ?? {}) as Details
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({
      term: term(name),
      value: name in after ? word(name, after[name]) : 'Taken away',
      was: name in before ? word(name, before[name]) : 'Not set',
    }))
}

function line(name: string, value: unknown): Line {
  const told = { term: inWords(name), value: readable(name, value) }
  if (!UUID.test(String(value))) return told
  return { ...told, as: /^(sessionId|replacedBy)$/.test(name) ? 'session' : 'id' }
}

/** `durationSeconds` as `Duration`: its unit stands with the value. */
const inWords = (name: string): string =>
  unfold(name.replace(/Seconds$/, '').replaceAll(/([A-Z])/g, '_$1')).replace(/\bid\b/, 'id')

function readable(name: string, value: unknown): string {
  if (isEmpty(value)) return 'Not set'
  if (typeof value === 'number' && name.endsWith('Seconds')) return lasting(value)
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'string' && INSTANT.test(value)) return instant(value)
  if (name === 'cause') return causeSign(value as Parameters<typeof causeSign>[0]).word
  if (name === 'mode') return modeWord(value as Parameters<typeof modeWord>[0])
  if (typeof value === 'string' && CODE.test(value)) return unfold(value)
  if (Array.isArray(value)) return value.map((each) => readable('', each)).join(', ')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, each]) => `${inWords(key)}: ${readable(key, each)}`)
      .join(', ')
  }
  return String(value)
}

const status = (value: string): string =>
  value === 'READ_WRITE' ? modeWord(value) : statusSign(value as Parameters<typeof statusSign>[0]).word

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

/** Rules are kept by the names that they were stored with. */
const camel = (field: string): string => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
