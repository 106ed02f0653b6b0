import type { ReactNode } from 'react'

import { useConnection } from '../api/connection.ts'
import { noteGap, useGap } from '../api/gap.ts'
import { noteLost, useLost } from '../api/roles.ts'
import { Icon } from '../kit/icons.tsx'
import { ROLES } from '../kit/roles.ts'
import { clock, hourMinute } from '../kit/time.ts'
import css from './frame.module.css'

/** What one must know of the page before one believes it: that it is old, or was for a while. */
export function Notices(): ReactNode {
  const connection = useConnection()
  const gap = useGap()
  const lost = useLost()
  return (
    <div aria-live="polite">
      {connection.status === 'stale' ? (
        <p className={css['notice']} data-tone="red">
          <Icon name="warning" />
          <span>
            {navigator.onLine ? 'The server does not answer.' : 'You are offline.'} What stands here is from{' '}
            {hourMinute(connection.since)} UTC; it catches up by itself.
          </span>
        </p>
      ) : gap === undefined ? null : (
        <p className={css['notice']}>
          <Icon name="warning" />
          <span>You missed events. Everything here was read anew at {clock(gap)} UTC.</span>
          <button onClick={() => noteGap(undefined)} type="button">
            Dismiss
          </button>
        </p>
      )}
      {lost.length > 0 ? (
        <p className={css['notice']}>
          <Icon name="warning" />
          <span>
            You are not {lost.map((role) => ROLES[role].word).join(' and ')} any more. What only that role may see or do was
            closed; what you were typing there was not sent.
          </span>
          <button onClick={() => noteLost([])} type="button">
            Dismiss
          </button>
        </p>
      ) : null}
    </div>
  )
}
