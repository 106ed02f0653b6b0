import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { hasArrived } from '../api/arrivals.ts'
import { useViewer } from '../frame/viewer.tsx'
import { BusyButton } from '../kit/BusyButton.tsx'
import { Icon } from '../kit/icons.tsx'
import { count } from '../kit/text.ts'
import { clock } from '../kit/time.ts'
import { signOf } from '../ledger/kinds.ts'
import { Burst } from './Burst.tsx'
import type { SessionDetail } from './SessionPage.tsx'
import type { Happening } from './timeline.ts'
import css from './timeline.module.css'
import type { useRequests } from './useRequests.ts'

interface Props {
  session: SessionDetail
  story: readonly Happening[]
  log: ReturnType<typeof useRequests>
  live: boolean
}

/** A session's story, read from the top: what the ledger has of it, and between that the requests. */
export function Timeline({ session, story, log, live }: Props): ReactNode {
  const { may } = useViewer()
  const missing = session.requestCount - log.requests.length
  return (
    <>
      {log.page?.hasNextPage ? (
        <p className={css['older']}>
          <BusyButton
            busy={log.busy}
            onClick={() => log.more(log.page?.endCursor ?? null)}
            size="compact-sm"
            variant="default"
          >
            Show earlier requests
          </BusyButton>
          <span className="muted small">{count(missing, 'request')} not shown yet</span>
        </p>
      ) : null}
      <ol aria-label="Timeline" className={css['timeline']}>
        {story.map((each) => (
          <li key={each.key}>
            {each.kind === 'entry' ? <Mark live={live} of={each} slug={session.tenant.slug} /> : <Burst of={each} />}
          </li>
        ))}
        {live ? (
          <li className={css['now']}>
            <span className={css['dot']} data-tone="amber" />
            <p className="muted">
              {session.requestCount === 0 ? 'No request yet. ' : null}
              {session.operator.name} is inside; what comes appears here.
            </p>
          </li>
        ) : null}
      </ol>
      {log.loading ? <p className="muted small">Loading requests…</p> : null}
      {!may('ACCESS_LOG_READ') && session.requestCount > 0 ? (
        <p className="muted small">
          {count(session.requestCount, 'request')} were made. Which ones needs ACCESS_LOG_READ: ask an admin for a role
          that has it.
        </p>
      ) : null}
      {!may('AUDIT_READ') ? (
        <p className="muted small">Start, changes and end need AUDIT_READ to be shown here.</p>
      ) : null}
    </>
  )
}

interface MarkProps {
  of: Extract<Happening, { kind: 'entry' }>
  slug: string
  live: boolean
}

function Mark({ of, slug, live }: MarkProps): ReactNode {
  const { icon, tone } = signOf(of.entry, live)
  return (
    <div className={`${css['mark']} ${hasArrived(of.key) ? 'arrived' : ''}`} data-kind={of.entry.kind}>
      <time className="mono time" dateTime={of.at}>
        {clock(of.at)}
      </time>
      <span className={css['icon']} data-tone={tone}>
        <Icon name={icon} />
      </span>
      <Link params={{ slug }} search={{ entry: of.key }} to="/tenants/$slug/ledger">
        {of.entry.summary}
      </Link>
    </div>
  )
}
