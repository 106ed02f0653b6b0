import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Entry } from '../api/fragments.ts'
import { timeline, type Request } from './timeline.ts'

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 10, 21, 3, minute, second)).toISOString()

const request = (id: string, minute: number, more: Partial<Request> = {}): Request => ({
  id,
  at: at(minute),
  method: 'GET',
  path: `/inbox/${id}`,
  route: '/inbox/{id}',
  status: 200,
  durationMs: 3,
  wrote: false,
  ...more,
})

const entry = (kind: string, minute: number): Entry => ({ id: kind, kind, at: at(minute), sequence: minute }) as Entry

test('a story begins with its start, whatever came first, and folds the requests in between by route', () => {
  const story = timeline(
    [entry('ENDED', 9), entry('MODE_CHANGED', 4), entry('STARTED', 0)],
    [
      request('d', 5, { method: 'POST', wrote: true, route: '/reply', status: 409 }),
      request('c', 5),
      request('b', 2),
      request('a', 1),
    ],
  )
  assert.deepEqual(
    story.map((each) => (each.kind === 'entry' ? each.key : [each.requests, each.writes])),
    ['STARTED', [2, 0], 'MODE_CHANGED', [2, 1], 'ENDED'],
  )
  const [first, second] = story.filter((each) => each.kind === 'burst')
  assert.deepEqual(
    first?.routes.map(({ name, requests }) => [name, requests.map(({ id }) => id)]),
    [['/inbox/{id}', ['a', 'b']]],
  )
  assert.deepEqual(
    second?.routes.map(({ name, wrote, failed }) => [name, wrote, failed]),
    [
      ['/reply', true, 1],
      ['/inbox/{id}', false, 0],
    ],
  )
})

test('a silence of more than two minutes parts two bursts', () => {
  const story = timeline([], [request('a', 0), request('b', 2), request('c', 5)])
  assert.deepEqual(
    story.map((each) => (each.kind === 'burst' ? each.requests : each.kind)),
    [2, 1],
  )
})

test('what a guard reports after the end stands after it', () => {
  const story = timeline([entry('STARTED', 0), entry('ENDED', 1)], [request('late', 2)])
  assert.deepEqual(
    story.map(({ kind }) => kind),
    ['entry', 'entry', 'burst'],
  )
})
