import type { ReactNode } from 'react'

import css from './kit.module.css'
import { useNow } from './now.ts'
import { countdown, instant } from './time.ts'

/** What is left until an instant, by the server's clock. It stops at nothing and never counts on. */
export function Countdown({ until }: { until: string }): ReactNode {
  const left = (Date.parse(until) - useNow()) / 1000
  const className = `${css['countdown']} ${left <= 60 ? css['lastMinute'] : ''}`
  return (
    <span className={className} role="timer" title={`until ${instant(until)}`}>
      {countdown(left)}
    </span>
  )
}
