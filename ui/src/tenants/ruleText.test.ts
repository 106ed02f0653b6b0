import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parsed } from './ruleText.ts'

test('only what was changed is sent, in the units of the API', () => {
  assert.deepEqual(
    parsed({
      maxDurationSeconds: '45',
      reasonRequired: 'true',
      modes: 'READ_ONLY',
      notifyEmails: 'a@acme.example, b@acme.example',
      ticketPattern: null,
    }).values,
    {
      maxDurationSeconds: 2700,
      reasonRequired: true,
      modes: ['READ_ONLY'],
      notifyEmails: ['a@acme.example', 'b@acme.example'],
      ticketPattern: null,
    },
  )
})

test('what is no value is told at its field; an empty idle time takes the own value away', () => {
  const { values, slips } = parsed({ maxDurationSeconds: 'soon', reasonMinLength: '-1', idleTimeoutSeconds: '' })
  assert.deepEqual(Object.keys(slips), ['maxDurationSeconds', 'reasonMinLength'])
  assert.deepEqual(values, { idleTimeoutSeconds: null })
})
