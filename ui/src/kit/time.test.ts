import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ago, clockAfter, countdown, instant, lasting } from './time.ts'

test('a countdown shows a second as long as any of it is left, and never less than nothing', () => {
  assert.deepEqual([3600, 1122.2, 59.01, 0.1, 0, -5].map(countdown), [
    '1:00:00',
    '18:43',
    '01:00',
    '00:01',
    '00:00',
    '00:00',
  ])
})

test('an end on another day than its start says which', () => {
  assert.equal(clockAfter('2026-11-16T23:10:00Z', '2026-11-16T23:50:00Z'), '23:50:00')
  assert.equal(clockAfter('2026-11-16T23:50:00Z', '2026-11-17T00:30:00Z'), '17 Nov 00:30:00')
})

test('durations are exact in words', () => {
  assert.deepEqual([0, 45, 60, 1800, 5400, 3661].map(lasting), [
    '0 s',
    '45 s',
    '1 min',
    '30 min',
    '1 h 30 min',
    '1 h 1 min 1 s',
  ])
})

test('times are said in UTC, whatever the clock on the wall', () => {
  assert.equal(instant('2026-03-03T23:59:07+02:00'), '3 Mar 2026, 21:59:07 UTC')
})

test('how long ago is said within a day, and its date afterwards', () => {
  const now = Date.parse('2026-03-03T12:00:00Z')
  const said = ['2026-03-03T12:00:05Z', '2026-03-03T11:56:00Z', '2026-03-02T13:00:00Z', '2026-03-02T11:00:00Z']
  assert.deepEqual(
    said.map((at) => ago(at, now)),
    ['just now', '4 min ago', '23 h ago', '2 Mar 2026'],
  )
})
