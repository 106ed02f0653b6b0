import assert from 'node:assert/strict'
import { test } from 'node:test'

import { instantsOf, isBackwards, isOpen, readPeriod } from './period.ts'

const now = Date.parse('2026-11-21T15:30:00Z')

test('a preset is whole days of UTC', () => {
  assert.deepEqual(instantsOf({ from: 'today' }, now), { since: '2026-11-21T00:00:00Z' })
  assert.deepEqual(instantsOf({ from: 'yesterday' }, now), {
    since: '2026-11-20T00:00:00Z',
    until: '2026-11-21T00:00:00Z',
  })
  assert.deepEqual(instantsOf({ from: '7d' }, now), { since: '2026-11-15T00:00:00Z' })
})

test('the last day belongs to a period of two days', () => {
  assert.deepEqual(instantsOf({ from: '2026-11-17', to: '2026-11-17' }, now), {
    since: '2026-11-17T00:00:00Z',
    until: '2026-11-18T00:00:00Z',
  })
})

test('only a period that reaches into the future takes what happens now', () => {
  assert.deepEqual(
    [{}, { from: '7d' }, { from: 'yesterday' }, { to: '2026-11-20' }, { to: '2026-11-21' }].map((each) =>
      isOpen(each, now),
    ),
    [true, true, false, false, true],
  )
})

test('an address that names no day is read as none', () => {
  for (const none of ['tomorrow', '2026-13-40', '2026-02-30', '0000-01-01', '9999-12-31', 'constructor', 7]) {
    assert.deepEqual(readPeriod({ from: none, to: none }), {})
  }
  assert.deepEqual(readPeriod({ from: '7d', to: '2026-11-17' }), { from: '7d' })
})

test('a last day before the first is told from a period of one day', () => {
  assert.equal(isBackwards({ from: '2026-11-17', to: '2026-11-16' }), true)
  assert.equal(isBackwards({ from: '2026-11-17', to: '2026-11-17' }), false)
  assert.equal(isBackwards({ from: '7d', to: '2020-01-01' }), false)
})
