import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

import { Client, fetchExchange, subscriptionExchange } from '@urql/core'

import { newCache } from './cache.ts'
import { isOf } from './follow.sessions.ts'
import { SessionFields } from './fragments.ts'
import { graphql } from './graphql.ts'

const Live = graphql(
  `
    query Live {
      impersonationSessions(first: 200, filter: { states: [ACTIVE] }) {
        nodes {
          ...SessionFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [SessionFields],
)

const Events = graphql(
  `
    subscription Events {
      sessionEvents {
        change
        at
        position
        session {
          ...SessionFields
        }
      }
    }
  `,
  [SessionFields],
)

type Change = 'SNAPSHOT' | 'SNAPSHOT_END' | 'STARTED' | 'ENDED' | 'GAP'
type State = 'ACTIVE' | 'ENDED'

/** What the console shows, and how often it asked; the server answers and tells when it is made to. */
let shown: string[]
let asked: number
let reply: (...sessions: [id: string, state: State][]) => Promise<void>
let tell: (change: Change, id?: string) => Promise<void>

beforeEach(() => {
  shown = []
  asked = 0
  const fetch = () => {
    asked += 1
    const { promise, resolve } = Promise.withResolvers<Response>()
    reply = (...sessions) => {
      resolve(Response.json({ data: answer(sessions) }))
      return settled()
    }
    return promise
  }
  const client = new Client({
    url: 'http://nowhere.invalid/',
    preferGetMethod: false,
    fetch,
    exchanges: [
      newCache(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: () => ({
          subscribe(sink) {
            tell = (change, id) => {
              sink.next({ data: event(change, id) })
              return settled()
            }
            return { unsubscribe: () => undefined }
          },
        }),
      }),
    ],
  })
  client.query(Live, {}).subscribe(({ data }) => {
    const nodes = data?.impersonationSessions?.nodes ?? []
    shown = nodes.filter(({ state }) => state === 'ACTIVE').map(({ id }) => id)
  })
  client.subscription(Events, {}).subscribe(() => undefined)
})

/** Until all that follows from it has happened: the client works in turns of its own. */
const settled = (turns = 10): Promise<void> =>
  new Promise((resolve) => setImmediate(resolve)).then(() => (turns > 1 ? settled(turns - 1) : undefined))

test('who starts is shown and who ends is not, without another question', async () => {
  await reply(['a', 'ACTIVE'])
  await tell('STARTED', 'b')
  assert.deepEqual(shown, ['b', 'a'])
  await tell('ENDED', 'a')
  assert.deepEqual(shown, ['b'])
  assert.equal(asked, 1)
})

test('an answer that was under way when a session ended does not bring it back', async () => {
  await tell('STARTED', 'late')
  await tell('ENDED', 'late')
  await reply(['late', 'ACTIVE'])
  assert.deepEqual(shown, [])
})

test('what a snapshot does not name is asked for again', async () => {
  await reply(['kept', 'ACTIVE'], ['gone', 'ACTIVE'])
  await tell('SNAPSHOT', 'kept')
  await tell('SNAPSHOT_END')
  assert.equal(asked, 2)
  await reply(['kept', 'ACTIVE'])
  assert.deepEqual(shown, ['kept'])
})

test('after a gap everything is asked for again', async () => {
  await reply(['a', 'ACTIVE'])
  await tell('GAP')
  assert.equal(asked, 2)
})

test('a list of a period takes who was inside within it, whenever they came, and nobody else', () => {
  const operator = { id: 'jane' }
  const began = '2026-11-16T23:50:00Z'
  const over = { operator, ticket: null, requestedAt: began, startedAt: began, endedAt: '2026-11-17T00:20:00Z' }
  const of = (since: string, until: string) => [
    isOf({ insideSince: since, insideUntil: until }, over),
    isOf({ startedSince: since, startedUntil: until }, over),
  ]
  assert.deepEqual(of('2026-11-16T00:00:00Z', '2026-11-17T00:00:00Z'), [true, true])
  assert.deepEqual(of('2026-11-17T00:00:00Z', '2026-11-18T00:00:00Z'), [true, false])
  assert.deepEqual(of('2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z'), [false, false])
  assert.equal(isOf({ operatorId: 'rui' }, over), false)
  assert.equal(isOf({ insideSince: '2999-01-01T00:00:00Z' }, { ...over, endedAt: null }), false)
})

test('a list of a ticket takes the sessions about exactly it, in whatever case, and no others', () => {
  const over = session('a', 'ENDED')
  const taken = ['SUP-3474', 'sup-3474', 'SUP-34', null].filter((ticket) => isOf({ ticket: ' sup-3474' }, { ...over, ticket }))
  assert.deepEqual(taken, ['SUP-3474', 'sup-3474'])
})

function answer(sessions: [id: string, state: State][]) {
  const nodes = sessions.map(([id, state]) => session(id, state))
  const pageInfo = { __typename: 'PageInfo', hasNextPage: false, endCursor: null }
  return {
    __typename: 'Query',
    impersonationSessions: { __typename: 'ImpersonationSessionConnection', nodes, pageInfo },
  }
}

function event(change: Change, id?: string) {
  return {
    __typename: 'Subscription',
    sessionEvents: {
      __typename: 'SessionEvent',
      change,
      at: '2026-11-21T03:00:00Z',
      position: 'somewhere',
      session: id === undefined ? null : session(id, change === 'ENDED' ? 'ENDED' : 'ACTIVE'),
    },
  }
}

function session(id: string, state: State) {
  return {
    __typename: 'ImpersonationSession',
    id,
    uuid: id,
    state,
    mode: 'READ_ONLY',
    reason: 'a reason long enough',
    ticket: null,
    requestedAt: '2026-11-21T03:00:00Z',
    startedAt: '2026-11-21T03:00:00Z',
    expiresAt: '2026-11-21T03:30:00Z',
    endedAt: state === 'ENDED' ? '2026-11-21T03:10:00Z' : null,
    endCause: state === 'ENDED' ? 'STOPPED' : null,
    durationSeconds: 0,
    lastSeenAt: null,
    requestCount: 0,
    writeCount: 0,
    endedBy: null,
    operator: { __typename: 'Operator', id: 'jane', name: 'Jane Doe', email: 'jane@actas.example' },
    tenant: { __typename: 'Tenant', id: 'acme', slug: 'acme', name: 'Acme GmbH', workspaceUrl: null },
  }
}
