import { unfold } from '../kit/text.ts'
import { instant, lasting } from '../kit/time.ts'

interface Line {
  term: string
  value: string
  isId: boolean
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** An entry's documented fields as lines to read; what is empty is left out. Ids are marked, to be set as such. */
export function detailsOf(details: unknown): Line[] {
  if (typeof details !== 'object' || details === null) return []
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => ({ term: inWords(name), value: readable(name, value), isId: UUID.test(String(value)) }))
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
