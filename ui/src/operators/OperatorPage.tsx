import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { useLiveSessions } from '../frame/sessions.ts'
import { SessionCard } from '../impersonation/SessionCard.tsx'
import { SessionTable } from '../impersonation/SessionTable.tsx'
import { Id } from '../kit/Copy.tsx'
import { Fact, Facts } from '../kit/Facts.tsx'
import { Ago } from '../kit/Moment.tsx'
import { More } from '../kit/More.tsx'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { globalId, isUuid } from '../kit/text.ts'
import { date } from '../kit/time.ts'
import { useMore } from '../kit/useMore.ts'
import { useTitle } from '../kit/useTitle.ts'
import { Conduct } from './Conduct.tsx'
import { OperatorHeader } from './OperatorHeader.tsx'
import { OneOperator, type OperatorDetail } from './operators.ts'
import { RoleList } from './RoleList.tsx'
import { useOperatorNews } from './useOperatorNews.ts'

/** A person: what they may do, until when, by whom; and every session of theirs, wherever it was. */
export function OperatorPage(): ReactNode {
  const { uuid } = useParams({ from: '/operators/$uuid' })
  const id = globalId('Operator', uuid)
  const { after, more } = useMore(uuid)
  const [{ data, error, fetching }, reload] = useQuery({ query: OneOperator, variables: { id, after }, pause: !isUuid(uuid) })
  useOperatorNews({ shows: (other) => other === id })
  const node = data?.node
  const operator = node?.__typename === 'Operator' ? node : undefined
  useTitle(operator?.name)

  if (!isUuid(uuid)) return <Unknown />
  if (!operator) {
    if (error) return <Failed error={error} retry={reload} />
    if (data) return <Unknown />
    return <Loading rows={8} what="the operator" />
  }
  return (
    <>
      <OperatorHeader operator={operator} />
      <div className={page['columns']}>
        <div>
          <InsideNow id={operator.id} />
          <Sessions busy={fetching} more={more} of={operator.sessions} />
        </div>
        <div>
          <RoleList operator={operator} />
          <Conduct of={operator.conduct} />
          <About operator={operator} />
        </div>
      </div>
    </>
  )
}

function InsideNow({ id }: { id: string }): ReactNode {
  const sessions = useLiveSessions().sessions.filter(({ operator }) => operator.id === id)
  if (sessions.length === 0) return null
  return (
    <section className={page['section']}>
      <h2>Inside now</h2>
      <div className={page['cards']}>
        {sessions.map((session) => (
          <SessionCard key={session.id} named session={session} />
        ))}
      </div>
    </section>
  )
}

function Sessions(props: {
  of: OperatorDetail['sessions']
  busy: boolean
  more: (cursor: string | null) => void
}): ReactNode {
  const sessions = props.of?.nodes ?? []
  return (
    <section className={page['section']}>
      <h2>Sessions in every tenant</h2>
      {sessions.length === 0 ? (
        <Empty title="No session yet">Every session of this person will stand here, with its reason.</Empty>
      ) : (
        <>
          <SessionTable across brief sessions={sessions} />
          <More busy={props.busy} more={props.more} noun="session" page={props.of?.pageInfo} shown={sessions.length} />
        </>
      )}
    </section>
  )
}

function About({ operator }: { operator: OperatorDetail }): ReactNode {
  return (
    <section className={page['section']}>
      <h2>About</h2>
      <Facts>
        <Fact term="Id">
          <Id of={operator.uuid} what="the operator's id" />
        </Fact>
        <Fact term="Since">{operator.createdAt ? date(operator.createdAt) : null}</Fact>
        <Fact term="Last sign-in">{operator.lastSignInAt ? <Ago at={operator.lastSignInAt} /> : 'never'}</Fact>
      </Facts>
    </section>
  )
}

function Unknown(): ReactNode {
  return (
    <Empty action={<Link to="/operators">See all operators</Link>} title="There is no such operator">
      The address names nobody who is or was an operator here.
    </Empty>
  )
}
