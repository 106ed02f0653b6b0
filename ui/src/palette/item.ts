import type { IconName } from '../kit/icons.tsx'

export const GROUPS = ['Found by id', 'Go to', 'Tenants', 'Impersonate', 'Inside now', 'Operators', 'Do'] as const
export type Group = (typeof GROUPS)[number]

/** One line of the palette. */
export interface Item {
  id: string
  group: Group
  name: string
  hint?: string
  icon: IconName
  run: () => void
}

/** Whether every word that was typed stands somewhere in the texts. */
export function matches(typed: string, ...texts: string[]): boolean {
  const all = texts.join(' ').toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
