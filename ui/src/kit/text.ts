/** Controls, format characters, what Unicode says to leave out when drawing, and the empty braille pattern. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * How long a reason is, as the server counts it (DESIGN section 5): code points after trimming; inner spaces count,
 * invisible characters do not.
 */
export const visibleLength = (text: string): number => Array.from(text.replaceAll(INVISIBLE, '').trim()).length

/** `1 session`, `3 sessions` */
export const count = (number: number, noun: string): string => `${number} ${number === 1 ? noun : plural(noun)}`

const plural = (noun: string) => (/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`)

/** `JD` */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.charAt(0).toUpperCase() ?? '')
    .join('')
}

/** `SOME_CODE` as `Some code`: for codes newer than this console. */
export function unfold(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The global id (Relay) of a thing whose own id an address names. */
export const globalId = (type: string, uuid: string): string => btoa(`${type}:${uuid}`)

/** Whether a text can be a tenant's slug, in whatever letters; the server has the whole rule. */
export const isSlug = (text: string): boolean => /^[a-z\d-]{1,63}$/i.test(text)

/** Whether a text is an id as tokens, ledgers and addresses carry it. */
export const isUuid = (text: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
