import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type MouseEvent, type ReactNode } from 'react'
import { useClient } from 'urql'
import { Button } from '@mantine/core'

import type { Session } from '../api/fragments.ts'
import { useChain } from '../api/useChain.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { BusyButton } from '../kit/BusyButton.tsx'
import { Avatar } from '../kit/Avatar.tsx'
import { InsideNow } from '../kit/InsideNow.tsx'
import { Ago } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import { Pill } from '../kit/Pill.tsx'
import { SearchBox } from '../kit/SearchBox.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { count } from '../kit/text.ts'
import { useRowKeys } from '../kit/useRowKeys.ts'
import { useTitle } from '../kit/useTitle.ts'
import { Operators, pageOf, type Operator } from './operators.ts'
import { Roles } from './Roles.tsx'
import { useOperatorNews } from './useOperatorNews.ts'

const route = getRouteApi('/operators')
const focus = (index: number) => document.querySelector<HTMLElement>(`tr[data-row="${index}"] a`)?.focus()

/** Who may do what, and until when. */
export function OperatorsPage(): ReactNode {
  const { q } = route.useSearch()
  const client = useClient()
  const navigate = route.useNavigate()
  const list = useChain(Operators, { search: q ?? null }, pageOf)
  const { sessions } = useLiveSessions()
  useOperatorNews({
    shows: (id) => list.rows.some((operator) => operator.id === id),
    added: () => {
      const first = { search: q ?? null, after: null, count: true }
      client.query(Operators, first, { requestPolicy: 'network-only' }).toPromise().catch(() => undefined)
    },
  })
  useTitle('Operators')
  useRowKeys(list.rows.length, focus, {})
  return (
    <>
      <h1 className="unseen">Operators</h1>
      <search className={page['tools']}>
        <SearchBox
          label="Search operators"
          leave={() => focus(0)}
          onChange={(text) => void navigate({ search: text ? { q: text } : {}, replace: true })}
          placeholder="Name or address"
          value={q ?? ''}
        />
      </search>
      {!list.known ? (
        list.error ? (
          <Failed error={list.error} retry={list.retry} />
        ) : (
          <Loading rows={8} what="operators" />
        )
      ) : list.rows.length === 0 ? (
        <Empty
          action={<Button onClick={() => void navigate({ search: {} })}>Show all operators</Button>}
          title="Nobody matches"
        >
          Somebody who is no operator yet is added with <code className="mono">actas operator add</code>.
        </Empty>
      ) : (
        <>
          <Table operators={list.rows} sessions={sessions} />
          <div className={page['more']}>
            {list.more ? (
              <BusyButton busy={list.busy} onClick={list.next} variant="default">
                Load more
              </BusyButton>
            ) : null}
            <span aria-live="polite">{count(list.total ?? list.rows.length, 'operator')}</span>
          </div>
        </>
      )}
    </>
  )
}

function Table({ operators, sessions }: { operators: readonly Operator[]; sessions: readonly Session[] }): ReactNode {
  return (
    <div className={page['scroll']}>
      <table className={page['table']}>
        <caption className="unseen">Operators</caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">Roles</th>
            <th scope="col">Inside now</th>
            <th scope="col">Last sign-in</th>
            <th scope="col">May sign in</th>
          </tr>
        </thead>
        <tbody>
          {operators.map((operator, index) => (
            <Row
              index={index}
              key={operator.id}
              operator={operator}
              sessions={sessions.filter((session) => session.operator.id === operator.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row(props: { operator: Operator; index: number; sessions: readonly Session[] }): ReactNode {
  const { operator } = props
  const navigate = useNavigate()
  const params = { uuid: operator.uuid }
  function open(event: MouseEvent): void {
    if (event.target instanceof Element && event.target.closest('a')) return
    if (!getSelection()?.toString()) void navigate({ to: '/operators/$uuid', params })
  }
  return (
    <tr data-opens data-row={props.index} onClick={open}>
      <td>
        <span className={page['person']}>
          <Avatar live={props.sessions.length > 0} name={operator.name} />
          <Link params={params} to="/operators/$uuid">
            {operator.name}
          </Link>
          <span className="muted small">{operator.email}</span>
        </span>
      </td>
      <td>
        <Roles of={operator} />
      </td>
      <td>{props.sessions.length > 0 ? <InsideNow across sessions={props.sessions} /> : null}</td>
      <td>{operator.lastSignInAt ? <Ago at={operator.lastSignInAt} /> : <span className="muted">never</span>}</td>
      <td>
        {operator.disabled ? (
          <Pill plain sign={{ word: 'Disabled', icon: 'ban', tone: 'red' }} />
        ) : (
          <Pill plain sign={{ word: 'Yes', icon: 'check', tone: 'green' }} />
        )}
      </td>
    </tr>
  )
}
