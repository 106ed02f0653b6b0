import { unfold } from '../kit/text.ts'
import { instant, lasting } from '../kit/time.ts'

/** An entry's documented fields as lines to read; what is empty is left out. */
export function detailsOf(details: unknown): [term: string, value: string][] {
  if (typeof details !== 'object' || details === null) return []
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [inWords(name), readable(name, value)])
}

/** `durationSeconds` as `Duration`: its unit stands with the value. */
const inWords = (name: string): string =>
  unfold(name.replace(/Seconds$/, '').replaceAll(/([A-Z])/g, '_$1')).replace(/\bid\b/, 'id')

function readable(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('Seconds')) return lasting(value)
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)) return instant(value)
  if (Array.isArray(value)) return value.map(String).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
