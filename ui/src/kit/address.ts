type Read<Search> = (given: Record<string, unknown>) => Search

/**
 * What a page reads of its address, and nothing else of it: the router keeps whatever a reader leaves out, so that a
 * status or a day that there is not would reach the page as it was written.
 */
export const only =
  <Search extends object>(read: Read<Search>): Read<Search> =>
  (given) => ({ ...Object.fromEntries(Object.keys(given).map((name) => [name, undefined])), ...read(given) })

/** What an address says that its page does not read: `from=2026-13-99`, or the one of several that there is not. */
export function leftOut(read: Read<object>, given: Record<string, unknown>): string[] {
  const kept = read(given) as Record<string, unknown>
  return Object.entries(given).flatMap(([name, value]) => {
    const known = String(kept[name] ?? '').split(',')
    const lost = String(value)
      .split(',')
      // What is off is said by nothing.
      .filter((part) => part !== '' && part !== 'false' && !known.includes(part))
    return lost.length > 0 ? [`${name}=${lost.join(',')}`] : []
  })
}

/** Whether a text is one address of IPv4 or IPv6. */
export function isIp(text: string): boolean {
  const parts = text.split('.')
  if (!text.includes(':')) return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
  return /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`)
}

/**
 * A path of this very origin, else `/`. `//host`, `/\\host` and a control character in front of a slash all name other
 * hosts to a browser, so the answer of its own URL parser decides.
 */
export function localPath(text: unknown): string {
  if (typeof text !== 'string' || !/^\/(?![/\\])/.test(text)) return '/'
  const url = new URL(text, location.origin)
  return url.origin === location.origin ? url.pathname + url.search + url.hash : '/'
}
