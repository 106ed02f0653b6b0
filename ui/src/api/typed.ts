import { held } from '../kit/held.ts'

/** What somebody was typing when their sign-in ended: kept in this tab, for them alone. */
export interface Typed {
  /** The operator's id. */
  who: string
  /** What the form was called. */
  form: string
  fields: readonly (readonly [label: string, text: string])[]
}

const KEY = 'actas.typed'
type Field = HTMLTextAreaElement | HTMLInputElement
const FIELDS = 'form textarea, form input:not([inputmode=numeric])'
/** By the property, which a field without the attribute has too. A password is none of them, and stays unkept. */
const WORDS = new Set(['textarea', 'text', 'email', 'url'])

let viewer: string | undefined
const typed = held<Typed | undefined>(undefined)

export const useTypedBefore = typed.use

/** Whether words stand in a field of a form there. */
export const holdsText = (within: ParentNode): boolean => filledIn(within).length > 0

/** Keeps what stands in open forms, if anything does; whether it did. Secrets are shown, never typed, so none is in it. */
export function keepTyped(): boolean {
  const filled = filledIn(document)
  const [first] = filled
  if (!first || viewer === undefined) return false
  const form = first.closest('[role=dialog]')?.querySelector('h2')?.textContent ?? document.title
  const fields = filled.map((field) => [labelOf(field), field.value] as const)
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ who: viewer, form, fields } satisfies Typed))
    return true
  } catch {
    return false // a browser that keeps nothing
  }
}

/** Who looks now: what was kept is theirs, or is thrown away unseen. */
export function recallTyped(who: string): void {
  viewer = who
  const text = sessionStorage.getItem(KEY)
  const kept = text === null ? undefined : (JSON.parse(text) as Typed)
  if (kept?.who === who) typed.set(kept)
  else forgetTyped()
}

export function forgetTyped(): void {
  sessionStorage.removeItem(KEY)
  typed.set(undefined)
}

const filledIn = (within: ParentNode): Field[] =>
  [...within.querySelectorAll<Field>(FIELDS)].filter(
    ({ type, value, ariaHidden, readOnly }) =>
      WORDS.has(type) && value.trim() !== '' && ariaHidden !== 'true' && !readOnly,
  )

const labelOf = (field: Field): string =>
  (field.labels?.[0]?.textContent ?? field.ariaLabel ?? '').replace(/\s*\*$/, '')
