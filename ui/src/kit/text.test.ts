import assert from 'node:assert/strict'
import { test } from 'node:test'

import { count } from './text.ts'

test('more than one of something is said in its plural', () => {
  assert.deepEqual(
    [count(1, 'key'), count(2, 'key'), count(2, 'entry'), count(0, 'session')],
    ['1 key', '2 keys', '2 entries', '0 sessions'],
  )
})
