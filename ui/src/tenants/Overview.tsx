import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import type { Session } from '../api/fragments.ts'
import { SessionCard } from '../impersonation/SessionCard.tsx'
import { SessionTable } from '../impersonation/SessionTable.tsx'
import { Id } from '../kit/Copy.tsx'
import { Fact, Facts } from '../kit/Facts.tsx'
import { Ago } from '../kit/Moment.tsx'
import { useNow } from '../kit/now.ts'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { instant } from '../kit/time.ts'
import { isLive } from '../kit/words.ts'
import { policySentence } from './policy.ts'
import { TenantSessions } from './SessionsTab.tsx'
import css from './tenant.module.css'
import { useTenant, type TenantDetail } from './TenantPage.tsx'

export function Overview(): ReactNode {
  const [{ data }] = useTenant()
  const tenant = data?.tenant
  if (!tenant) return null
  return (
    <div className={page['columns']}>
      <div>
        <InsideCards sessions={tenant.activeSessions} />
        <Last slug={tenant.slug} />
      </div>
      <div>
        <section className={page['section']}>
          <h2>Policy</h2>
          <p>{policySentence(tenant.policy)}</p>
        </section>
        <section className={page['section']}>
          <h2>About</h2>
          <About tenant={tenant} />
        </section>
        <section className={page['section']}>
          <h2>Ledger</h2>
          <Head of={tenant.ledger} slug={tenant.slug} />
        </section>
      </div>
    </div>
  )
}

function InsideCards({ sessions }: { sessions: readonly Session[] }): ReactNode {
  const now = useNow()
  const live = sessions.filter((session) => isLive(session, now))
  return (
    <section aria-live="polite" className={page['section']}>
      <h2>Inside now</h2>
      {live.length > 0 ? (
        <div className={page['cards']}>
          {live.map((session) => (
            <SessionCard key={session.id} session={session} />
          ))}
        </div>
      ) : (
        <p className="muted">Nobody is inside.</p>
      )}
    </section>
  )
}

function Last({ slug }: { slug: string }): ReactNode {
  const [{ data, error }, reload] = useQuery({ query: TenantSessions, variables: { slug, filter: {} } })
  const sessions = data?.tenant?.sessions.nodes
  return (
    <section className={page['section']}>
      <h2>Last sessions</h2>
      {sessions === undefined ? (
        error ? (
          <Failed error={error} retry={reload} />
        ) : (
          <Loading rows={5} what="sessions" />
        )
      ) : sessions.length === 0 ? (
        <Empty title="Nobody has been inside yet">The first session will stand here, with its reason.</Empty>
      ) : (
        <>
          <SessionTable brief sessions={sessions.slice(0, 5)} />
          <p className="small">
            <Link params={{ slug }} to="/tenants/$slug/sessions">
              See every one
            </Link>
          </p>
        </>
      )}
    </section>
  )
}

function About({ tenant }: { tenant: TenantDetail }): ReactNode {
  const metadata = Object.entries((tenant.metadata ?? {}) as Record<string, unknown>)
  return (
    <Facts>
      <Fact term="Id">
        <Id of={tenant.uuid} what="tenant id" />
      </Fact>
      <Fact term="Workspace">{tenant.workspaceUrl}</Fact>
      <Fact term="Support">
        {tenant.supportUrl ? <a href={tenant.supportUrl}>{address(tenant.supportUrl)}</a> : null}
      </Fact>
      <Fact term="Changed">
        <Ago at={tenant.updatedAt} />
      </Fact>
      {metadata.map(([name, value]) => (
        <Fact key={name} term={name}>
          {typeof value === 'string' ? value : JSON.stringify(value)}
        </Fact>
      ))}
    </Facts>
  )
}

/** What a person writes to or opens: of a mail link the address alone. */
const address = (url: string): string =>
  url.startsWith('mailto:') ? decodeURIComponent(url.slice('mailto:'.length).split('?')[0] ?? '') : url

function Head({ of, slug }: { of: TenantDetail['ledger']; slug: string }): ReactNode {
  if (of.at === null) return <p className="muted">No entry yet.</p>
  return (
    <div className={css['head']}>
      <p className="figures">
        Entry <strong>{String(of.sequence)}</strong>, {instant(of.at)}
      </p>
      <p className="muted figures">
        <Id of={of.hash} what="the hash" />
      </p>
      <p className="small">
        <Link params={{ slug }} to="/tenants/$slug/ledger">
          Read the ledger
        </Link>
      </p>
    </div>
  )
}
