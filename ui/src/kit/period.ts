/** Stretches of time that one looks at, in whole days of UTC. The address has them by name, or as two days. */
export interface Period {
  /** A preset, or `2026-11-17` for the first day. */
  from?: string | undefined
  /** The last day, which belongs to it. */
  to?: string | undefined
}

const DAY = 86_400_000

/** The presets: from how many days ago, until how many days ago. */
export const PRESETS: Record<string, { label: string; from: number; to: number | null }> = {
  today: { label: 'Today', from: 0, to: null },
  yesterday: { label: 'Yesterday', from: 1, to: 1 },
  '7d': { label: 'Last 7 days', from: 6, to: null },
  '30d': { label: 'Last 30 days', from: 29, to: null },
  '90d': { label: 'Last 90 days', from: 89, to: null },
}

/** The last one whose end is an instant that the API knows: the years end with 9999. */
export const LAST_DAY = '9999-12-30'

const isDay = (text: unknown): text is string => {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001' || text > LAST_DAY) return false
  const at = Date.parse(text)
  return !Number.isNaN(at) && dayOf(at) === text
}

/** What an address says of a period; anything else is left out. */
export function readPeriod(given: Record<string, unknown>): Period {
  const { from, to } = given
  if (typeof from === 'string' && Object.hasOwn(PRESETS, from)) return { from }
  return { ...(isDay(from) ? { from } : {}), ...(isDay(to) ? { to } : {}) }
}

/** The instants of a period as filters take them: from its first day's beginning until before the day after its last. */
export function instantsOf({ from, to }: Period, now: number): { since?: string; until?: string } {
  const preset = from === undefined ? undefined : PRESETS[from]
  if (preset) {
    const until = preset.to === null ? {} : { until: dayBefore(now, preset.to - 1) }
    return { since: dayBefore(now, preset.from), ...until }
  }
  return {
    ...(from === undefined ? {} : { since: `${from}T00:00:00Z` }),
    ...(to === undefined ? {} : { until: dayBefore(Date.parse(to), -1) }),
  }
}

/** Whether it ends before it begins, so that nothing can be in it. */
export const isBackwards = ({ from, to }: Period): boolean => isDay(from) && isDay(to) && to < from

export const BACKWARDS = 'The last day is before the first.'

/** Whether what happens now can still belong to it. */
export function isOpen(period: Period, now: number): boolean {
  const { until } = instantsOf(period, now)
  return until === undefined || Date.parse(until) > now
}

/** The day in UTC of an instant: `2026-11-17`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const dayBefore = (now: number, days: number): string => `${dayOf(now - days * DAY)}T00:00:00Z`
