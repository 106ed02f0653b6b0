/**
 * How long a reason is, as the server counts it (DESIGN section 5): code points after trimming; inner spaces count,
 * invisible characters do not.
 */
export function visibleLength(text: string): number {
  return Array.from(text.trim()).filter((character) => !isInvisible(character)).length
}

const CONTROL = /^[\p{Cf}\p{Cc}]$/u
/** Default-ignorable code points that Unicode files under letters, symbols or marks. */
const IGNORABLE = new Set([0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0])
const VARIATION_SELECTOR = /^[\u180b-\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u

function isInvisible(character: string): boolean {
  if (character === '\n' || character === '\t') return false
  return CONTROL.test(character) || IGNORABLE.has(character.codePointAt(0) ?? 0) || VARIATION_SELECTOR.test(character)
}

/** `1 session`, `3 sessions` */
export const count = (number: number, noun: string): string => `${number} ${number === 1 ? noun : plural(noun)}`

const plural = (noun: string) => (noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`)

/** `JD` */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0).toUpperCase() ?? '').join('')
}

/** `SOME_CODE` as `Some code`: for codes newer than this console. */
export function unfold(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
