import type { IconName } from '../kit/icons.tsx'

export const GROUPS = [
  'Found by id',
  'Go to',
  'Tenants',
  'Impersonate',
  'Suspend or lift',
  'Export',
  'Inside now',
  'Of this ticket',
  'Operators',
  'Do',
] as const
export type Group = (typeof GROUPS)[number]

/** One line of the palette. */
export interface Item {
  id: string
  group: Group
  name: string
  hint?: string | undefined
  icon: IconName
  /** Other words that it is looked for by. */
  also?: string
  run: () => void
  /** Why it cannot be done: it stands there and is not chosen. */
  whyNot?: string | undefined
  /** What it puts into the field, to be asked on, instead of being done. */
  fill?: string
}

/** A verb before the name of what it is done to, as in `suspend acme`. */
export const VERBS = {
  enter: /^(impersonate|enter)\s+/i,
  suspend: /^suspend\s+/i,
  lift: /^lift\s+/i,
  export: /^export\s+(the\s+ledger\s+(of\s+)?)?/i,
} as const
export type Verb = keyof typeof VERBS

/** The verb that a text begins with, if any, and what it is to be done to. */
export function parted(text: string): { verb: Verb | undefined; rest: string } {
  const verb = (Object.keys(VERBS) as Verb[]).find((name) => VERBS[name].test(text))
  return { verb, rest: (verb ? text.replace(VERBS[verb], '') : text).trim() }
}

/** Whether every word that was typed stands somewhere in the texts. */
export function matches(typed: string, ...texts: string[]): boolean {
  const all = texts.join(' ').toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
