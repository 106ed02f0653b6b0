import type { ReactNode } from 'react'

import { useNow } from './now.ts'
import { ago, clock, date, hourMinute, instant } from './time.ts'

/** When something was: how long ago within a day, with the exact time on hover and focus. */
export function Ago({ at }: { at: string }): ReactNode {
  const now = useNow()
  /* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- the exact time is for who uses no pointer, too */
  return (
    <time
      className="time"
      dateTime={at}
      tabIndex={0}
      title={instant(at)}
      aria-label={`${ago(at, now)}, ${instant(at)}`}
    >
      {ago(at, now)}
    </time>
  )
}

/** When something was, in a table whose head says UTC; `brief` leaves out the year and the seconds. */
export function Utc({ at, brief = false }: { at: string; brief?: boolean }): ReactNode {
  return (
    <time className="mono time" dateTime={at} title={instant(at)}>
      {brief ? `${date(at).slice(0, -5)} ${hourMinute(at)}` : `${date(at)} ${clock(at)}`}
    </time>
  )
}
