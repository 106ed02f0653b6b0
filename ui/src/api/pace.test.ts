import assert from 'node:assert/strict'
import { test } from 'node:test'

import { forgetPace, knownFrom, noteCount, noteEarlier, pace } from './pace.ts'

test('a count that grows is requests when it grew; the first one told is none', () => {
  noteCount('a', 40, 1_000)
  noteCount('a', 43, 61_000)
  noteCount('a', 43, 62_000)
  noteCount('a', 44, 130_000)
  assert.deepEqual(pace('a', 150_000, 3, 60_000), [0, 3, 1])
  forgetPace('a')
  assert.deepEqual(pace('a', 150_000, 3, 60_000), [0, 0, 0])
})

test('what the log has from before is added once, and nothing that was heard is counted twice', () => {
  noteCount('b', 5, 60_000)
  noteCount('b', 6, 100_000)
  assert.equal(knownFrom('b'), undefined)
  noteEarlier('b', [10_000, 20_000, 100_000], true)
  assert.equal(knownFrom('b'), 0)
  assert.deepEqual(pace('b', 119_000, 2, 60_000), [2, 1])
  noteEarlier('b', [10_000, 20_000], true)
  assert.deepEqual(pace('b', 119_000, 2, 60_000), [2, 1])
})

test('what a page of the log leaves out is not known, and what once was stays known', () => {
  noteEarlier('c', [50_000, 40_000], false)
  assert.equal(knownFrom('c'), 40_000)
  noteEarlier('c', [70_000, 60_000], false)
  assert.equal(knownFrom('c'), 40_000)
  forgetPace('c')
  assert.equal(knownFrom('c'), undefined)
})
