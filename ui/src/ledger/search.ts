import { isIp } from '../kit/address.ts'
import { BACKWARDS, isBackwards, readPeriod, type Period } from '../kit/period.ts'
import { isSlug, isUuid } from '../kit/text.ts'
import { kindOf, KINDS } from './kinds.ts'

/** What the address of the ledger says; anything else in it is ignored. */
export interface LedgerSearch extends Period {
  /** Kinds and whole groups of them, which are named with a star: `Tenants*,SIGNED_IN`. */
  kind?: string | undefined
  /** A tenant's slug. */
  tenant?: string | undefined
  /** The uuid of an operator. */
  operator?: string | undefined
  /** The uuid of a session. */
  session?: string | undefined
  ip?: string | undefined
  text?: string | undefined
  /** The entry whose details are open. */
  entry?: string | undefined
}

const TEXTS = ['kind', 'tenant', 'operator', 'session', 'ip', 'text', 'entry'] as const

export function ledgerSearch(given: Record<string, unknown>): LedgerSearch {
  const read = TEXTS.flatMap((name) => (typeof given[name] === 'string' && given[name] ? [[name, given[name]]] : []))
  return { ...(Object.fromEntries(read) as LedgerSearch), ...readPeriod(given) }
}

/** Whether it leaves out more than other tenants and other days. */
export const isNarrower = ({ kind, operator, session, ip, text }: LedgerSearch): boolean =>
  [kind, operator, session, ip, text].some(Boolean)

/** Why nothing can fit what an address asks for, whatever the ledger holds. */
export function slipOf({ tenant, session, ip, ...period }: LedgerSearch): string | undefined {
  if (isBackwards(period)) return BACKWARDS
  if (tenant !== undefined && !isSlug(tenant)) return `There is no tenant whose slug is ${tenant}.`
  if (session !== undefined && !isUuid(session)) return `${session} is no session’s id.`
  if (ip !== undefined && !isIp(ip)) return `${ip} is no IP address: name a single one, such as 203.0.113.7.`
  return undefined
}

/** The kinds that are chosen, with whole groups unfolded; undefined where none is, which is every kind. */
export function kindsOf(kind: string | undefined): string[] | undefined {
  const parts = kind?.split(',').filter(Boolean) ?? []
  if (parts.length === 0) return undefined
  return [...new Set(parts.flatMap((part) => membersOf(part) ?? [part]))]
}

/** The same as the address has it: whole groups by their star. */
export function kindText(kinds: ReadonlySet<string>): string | undefined {
  const whole = Object.keys(KINDS).filter((group) => membersOf(`${group}*`)?.every((kind) => kinds.has(kind)))
  const folded = new Set(whole.flatMap((group) => membersOf(`${group}*`) ?? []))
  const single = [...kinds].filter((kind) => !folded.has(kind))
  return [...whole.map((group) => `${group}*`), ...single].join(',') || undefined
}

const membersOf = (part: string): string[] | undefined => {
  const group = part.endsWith('*') ? KINDS[part.slice(0, -1)] : undefined
  return group && Object.keys(group)
}

/** The filters in words, for one that is saved without a name and for what an export leaves out. */
export function filterWords(search: LedgerSearch): string {
  const kinds = search.kind?.split(',').map((part) => (part.endsWith('*') ? part.slice(0, -1) : kindOf(part).label))
  const parts = [kinds?.join(', '), search.tenant, search.text && `“${search.text}”`, search.ip, search.from, search.to]
  return parts.filter(Boolean).join(' · ') || 'Everything'
}
