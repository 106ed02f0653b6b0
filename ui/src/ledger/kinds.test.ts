import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signOf } from './kinds.ts'

const entry = (kind: string, details: unknown = {}) => ({ kind, details }) as Parameters<typeof signOf>[0]

test('amber is an entry of a session that still runs, and of no other', () => {
  for (const kind of ['IMPERSONATION_STARTED', 'IMPERSONATION_ENTERED', 'IMPERSONATION_MODE_CHANGED']) {
    assert.equal(signOf(entry(kind), true).tone, 'amber')
    assert.equal(signOf(entry(kind), false).tone, 'grey')
  }
  assert.equal(signOf(entry('TENANT_SUSPENDED'), false).tone, 'red')
})

test('an end looks as its cause does: red by force, grey by the operator or the clock', () => {
  const end = (cause: string) => signOf(entry('IMPERSONATION_ENDED', { cause }), false)
  assert.deepEqual(end('REVOKED'), { label: 'Ended: Revoked', icon: 'ban', tone: 'red' })
  assert.deepEqual(end('STOPPED'), { label: 'Ended: Stopped', icon: 'stop', tone: 'grey' })
  assert.equal(end('ROLE_LOST').tone, 'red')
  assert.equal(end('EXPIRED').tone, 'grey')
  assert.deepEqual(signOf(entry('IMPERSONATION_ENDED', null), false), { label: 'Ended', icon: 'exit', tone: 'grey' })
})
