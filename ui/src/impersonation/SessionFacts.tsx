import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { Id } from '../kit/Copy.tsx'
import { Fact, Facts } from '../kit/Facts.tsx'
import { Ago } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import { instant, lasting } from '../kit/time.ts'
import { causeSign, modeWord } from '../kit/words.ts'
import type { SessionDetail } from './SessionPage.tsx'

/** What is known of a session besides its story. */
export function SessionFacts({ session, live }: { session: SessionDetail; live: boolean }): ReactNode {
  const { may } = useViewer()
  return (
    <div>
      <section className={page['section']}>
        <h2>Facts</h2>
        <Facts>
          <Fact term="Session">
            <Id of={session.uuid} what="session id" />
          </Fact>
          <Fact term="Operator">
            {session.operator.name}, {session.operator.email}
          </Fact>
          <Fact term="Started">{session.startedAt ? instant(session.startedAt) : null}</Fact>
          <Fact term="Ends">
            {session.endedAt || !session.expiresAt ? null : `${instant(session.expiresAt)}, at the latest`}
          </Fact>
          <Fact term="Ended">{session.endedAt ? instant(session.endedAt) : null}</Fact>
          <Fact term="How">{session.endCause ? causeSign(session.endCause).word : null}</Fact>
          <Fact term="Ended by">
            {session.endedBy && session.endedBy.kind !== 'SYSTEM' ? session.endedBy.name : null}
          </Fact>
          <Fact term="Lasted">{session.endedAt && session.startedAt ? lasted(session) : null}</Fact>
          <Fact term="Requests">
            <span className="figures">
              {session.requestCount}, of them {session.writeCount} that could write
            </span>
          </Fact>
          <Fact term="Last request">
            {session.lastSeenAt ? session.endedAt ? instant(session.lastSeenAt) : <Ago at={session.lastSeenAt} /> : null}
          </Fact>
          <Fact term="Address">
            {session.ipAddress ? <span className="mono small">{session.ipAddress}</span> : null}
          </Fact>
          <Fact term="Browser">{session.userAgent ?? null}</Fact>
        </Facts>
      </section>
      <section className={page['section']}>
        <h2>{live ? 'What they see' : 'What they could see'}</h2>
        <p>
          What an admin of {session.tenant.name} sees, {MODE[session.mode](live)}.{' '}
          {PRESENCE[session.policy.tenantPresence](live)}
        </p>
        <p className="muted small">
          Under version {session.policyVersion} of the{' '}
          <Link params={{ slug: session.tenant.slug }} to="/tenants/$slug/policy">
            rules of {session.tenant.name}
          </Link>
          , which allowed {session.policy.modes.map((mode) => modeWord(mode).toLowerCase()).join(' and ')}.
        </p>
        {may('AUDIT_READ') ? (
          <p className="small">
            <Link search={{ session: session.uuid }} to="/ledger">
              Its entries in the ledger
            </Link>
          </p>
        ) : null}
      </section>
    </div>
  )
}

const lasted = ({ startedAt, endedAt }: SessionDetail): string =>
  lasting(Math.floor((Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000))

const MODE: Record<SessionDetail['mode'], (live: boolean) => string> = {
  READ_ONLY: (live) => `and ${live ? 'can' : 'could'} change nothing`,
  READ_WRITE: (live) => `and ${live ? 'can' : 'could'} change what an admin can`,
}

const PRESENCE: Record<SessionDetail['policy']['tenantPresence'], (live: boolean) => string> = {
  EVERYONE: (live) => `Everyone there ${live ? 'sees' : 'saw'} the banner meanwhile.`,
  ADMINS: (live) => `The admins there ${live ? 'see' : 'saw'} the banner meanwhile.`,
  NOBODY: () => 'Nobody there is shown a banner; the ledger tells them.',
}
