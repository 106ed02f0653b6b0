import assert from 'node:assert/strict'
import { test } from 'node:test'

import { detailsOf } from './details.ts'

test('what was and what is now stand in one line, and what is empty in none', () => {
  assert.deepEqual(
    detailsOf('TENANT_SUSPENDED', {
      was: 'ACTIVE',
      to: 'SUSPENDED',
      ground: 'UNPAID',
      sessionsEnded: 2,
      statedBy: null,
    }),
    [
      { term: 'Status', value: 'Suspended', was: 'Active' },
      { term: 'Ground', value: 'Unpaid' },
      { term: 'Sessions ended', value: '2' },
    ],
  )
})

test('the rules of a policy are said as rules, only those that changed', () => {
  assert.deepEqual(
    detailsOf('POLICY_SET', {
      was: { max_duration_seconds: 3600, exclusive: true },
      rules: { max_duration_seconds: 1800, exclusive: true, ticket_required: true },
      reason: 'asked for by the customer',
    }),
    [
      { term: 'Longest duration', value: '30 min', was: '1 h' },
      { term: 'Ticket', value: 'Needed', was: 'Not set' },
      { term: 'Reason', value: 'asked for by the customer' },
    ],
  )
})

test('ids are marked as such, those of sessions to lead there; units stand with their figures', () => {
  const id = '019ab0de-1111-7222-8333-444455556666'
  assert.deepEqual(detailsOf('IMPERSONATION_STARTED', { sessionId: id, tenantId: id, durationSeconds: 1800 }), [
    { term: 'Session id', value: id, as: 'session' },
    { term: 'Tenant id', value: id, as: 'id' },
    { term: 'Duration', value: '30 min' },
  ])
})

test('what a service reported may be of any shape, and is still read as lines', () => {
  assert.deepEqual(detailsOf('TENANT_MOVED', { from: { region: 'eu', hosts: ['a', 'b'] }, done: true }), [
    { term: 'From', value: 'Region: eu, Hosts: a, b' },
    { term: 'Done', value: 'Yes' },
  ])
})
