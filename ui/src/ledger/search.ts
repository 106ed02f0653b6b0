import { kindOf, KINDS } from './kinds.ts'

/** What the address of a ledger says; anything else in it is ignored. */
export interface LedgerSearch {
  kind?: string | undefined
  tenant?: string | undefined
  text?: string | undefined
  /** The entry whose details are open. */
  entry?: string | undefined
}

export function ledgerSearch(given: Record<string, unknown>): LedgerSearch {
  const read = (name: string) => (typeof given[name] === 'string' && given[name] ? { [name]: given[name] } : {})
  return { ...read('kind'), ...read('tenant'), ...read('text'), ...read('entry') }
}

/** A kind, or a whole group of them, which the address names with a star: `Tenants*`. */
export function kindsOf(kind: string | undefined): string[] | undefined {
  if (kind === undefined) return undefined
  const group = kind.endsWith('*') ? KINDS[kind.slice(0, -1)] : undefined
  return group ? Object.keys(group) : [kind]
}

export const KIND_OPTIONS = [
  { label: 'Every kind', value: '' },
  ...Object.entries(KINDS).map(([group, kinds]) => ({
    group,
    items: [
      { label: `${group}: all`, value: `${group}*` },
      ...Object.keys(kinds).map((kind) => ({ label: kindOf(kind).label, value: kind })),
    ],
  })),
]
