import { useEffect, useState, type ReactNode } from 'react'

import { useConnection, type Connection } from '../api/connection.ts'
import { hourMinute } from '../kit/time.ts'
import css from './frame.module.css'

/** Says whether what the page shows is the present. */
export function ConnectionLight(): ReactNode {
  const connection = useConnection()
  return (
    <>
      <span aria-hidden="true" className={css['light']} data-status={connection.status} data-testid="connection">
        <Words of={connection} />
      </span>
      {/* The seconds are not for reading aloud: only the change is. */}
      <span aria-live="polite" className="unseen">
        {spoken(connection)}
      </span>
    </>
  )
}

function Words({ of }: { of: Connection }): ReactNode {
  if (of.status === 'live') return 'live'
  if (of.status === 'stale') return `stale since ${hourMinute(of.since)} UTC`
  return <Reconnecting since={of.since} />
}

function Reconnecting({ since }: { since: number }): ReactNode {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  return `reconnecting, ${Math.max(0, Math.floor((now - since) / 1000))} s`
}

function spoken(connection: Connection): string {
  if (connection.status === 'live') return 'Live'
  if (connection.status === 'stale') return `Not connected: figures are from ${hourMinute(connection.since)} UTC`
  return 'Reconnecting'
}
