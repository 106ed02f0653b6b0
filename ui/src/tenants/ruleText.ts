import { RULES, type Field, type PolicyInput, type Rule } from './rules.ts'

/** What one typed or chose for some rules; null takes the tenant's own value away. */
export type Draft = Partial<Record<Field, string | null>>

/** A rule's value as its field holds it. */
export function written(rule: Rule, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (rule.kind === 'minutes') return String(Math.round((Number(value) / 60) * 100) / 100)
  if (rule.kind === 'list') return (value as string[]).join(', ')
  return String(value)
}

/** What the fields say as the API takes it, and what in them is no value at all. */
export function parsed(draft: Draft): { values: Partial<PolicyInput>; slips: Record<string, string> } {
  const values: Record<string, unknown> = {}
  const slips: Record<string, string> = {}
  for (const rule of RULES) {
    const text = draft[rule.field]
    if (text === undefined) continue
    const value = text === null ? null : read(rule, text.trim())
    if (value === undefined)
      slips[rule.field] = rule.kind === 'minutes' ? 'Write minutes, such as 30.' : 'Write a whole number.'
    else values[rule.field] = value
  }
  return { values: values as Partial<PolicyInput>, slips }
}

/** Undefined where the text is no such value. */
function read(rule: Rule, text: string): unknown {
  switch (rule.kind) {
    case 'minutes':
      if (text === '' && rule.none) return null
      return /^\d{1,5}([.,]\d{1,2})?$/.test(text) ? Math.round(Number(text.replace(',', '.')) * 60) : undefined
    case 'number':
      return /^\d{1,6}$/.test(text) ? Number(text) : undefined
    case 'yes-no':
      return text === 'true'
    case 'modes':
      return text.split(',')
    case 'list':
      return text.split(/[\s,]+/).filter(Boolean)
    default:
      return text === '' ? null : text
  }
}
