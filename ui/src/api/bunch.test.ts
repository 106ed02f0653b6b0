import assert from 'node:assert/strict'
import { mock, test } from 'node:test'

import { bunch } from './bunch.ts'

test('what comes while something ran lately is run together, in order, and what takes long lets pages draw', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  let now = 0
  mock.method(performance, 'now', () => now)
  const ran: string[] = []
  const pass = (ms: number) => {
    now += ms
    mock.timers.tick(ms)
  }

  bunch(() => ran.push('first'))
  pass(0)
  assert.deepEqual(ran, ['first'])

  bunch(() => ran.push('second'))
  bunch(() => ran.push('third'))
  pass(99)
  assert.deepEqual(ran, ['first'])
  pass(1)
  assert.deepEqual(ran, ['first', 'second', 'third'])

  const slow = (name: string) => () => {
    now += 5
    ran.push(name)
  }
  for (const name of ['a', 'b', 'c']) bunch(slow(name))
  pass(100)
  assert.deepEqual(ran.slice(3), ['a', 'b'])
  bunch(slow('d'))
  pass(16)
  assert.deepEqual(ran.slice(3), ['a', 'b', 'c', 'd'])
})
