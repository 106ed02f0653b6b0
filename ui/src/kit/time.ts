/** Times as the console writes them: in UTC, since a ledger is read in many places. */

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400

const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }
const CLOCK: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
}
const two = (part: number) => String(part).padStart(2, '0')
const dates = new Intl.DateTimeFormat('en-GB', DATE)
const clocks = new Intl.DateTimeFormat('en-GB', CLOCK)

/** `3 Mar 2025` */
export const date = (at: string | number): string => dates.format(new Date(at))

/** `14:32:07` */
export const clock = (at: string | number): string => clocks.format(new Date(at))

/** `14:32` */
export const hourMinute = (at: string | number): string => clock(at).slice(0, 5)

/** `3 Mar 2025, 14:32:07 UTC` */
export const instant = (at: string | number): string => `${date(at)}, ${clock(at)} UTC`

/** `14:32:07`, after a start on the same day in UTC; `17 Nov 00:30:00` after one on another. */
export const clockAfter = (start: string, at: string): string =>
  date(start) === date(at) ? clock(at) : `${date(at).slice(0, -5)} ${clock(at)}`

/** `4 min ago`; a day and longer ago is a date. */
export function ago(at: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000))
  if (seconds < MINUTE) return 'just now'
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`
  return date(at)
}

/** What is left, as a clock shows it: `18:42`, `1:05:00`. Below zero there is nothing left. */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds))
  const hours = Math.floor(left / HOUR)
  const minutes = Math.floor((left % HOUR) / MINUTE)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(left % MINUTE)}` : `${two(minutes)}:${two(left % MINUTE)}`
}

/** A length of time in words, exact: `30 min`, `1 h 30 min`, `45 s`. */
export function lasting(seconds: number): string {
  const parts = [
    [Math.floor(seconds / HOUR), 'h'],
    [Math.floor((seconds % HOUR) / MINUTE), 'min'],
    [Math.floor(seconds % MINUTE), 's'],
  ] as const
  const words = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`)
  return words.join(' ') || '0 s'
}

/** How this browser's clock differs from the times shown, said once a page: `UTC+01:00`. */
export function localOffset(): string {
  const minutes = -new Date().getTimezoneOffset()
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}
