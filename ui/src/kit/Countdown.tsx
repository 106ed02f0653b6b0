import type { ReactNode } from 'react'

import css from './kit.module.css'
import { useNow } from './now.ts'
import { countdown, instant } from './time.ts'

/** What is left until an instant, by the server's clock. It stops at nothing and never counts on. */
export function Countdown({ until }: { until: string }): ReactNode {
  // In whole seconds, as both are written: the beat is up to a second old, and a session of 15 min would begin at 15:01.
  const left = second(Date.parse(until)) - second(useNow())
  const className = `${css['countdown']} ${left <= 60 ? css['lastMinute'] : ''}`
  return (
    <span className={className} role="timer" title={`until ${instant(until)}`}>
      {countdown(left)}
    </span>
  )
}

const second = (at: number): number => Math.floor(at / 1000)
