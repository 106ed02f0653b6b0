import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Outcome } from './selectionRun.ts'
import { told, verb } from './selectionWords.ts'

const LINES = ['garnet', 'heron', 'jade', 'coral'].map((id) => {
  return { id, skipped: id === 'coral' ? 'Cannot be suspended while it is offboarded' : undefined }
})
const DONE: Outcome = { state: 'done', ended: 2 }
const REFUSED: Outcome = { state: 'refused', messages: ['It is locked.'] }
const due = (...ids: string[]) => LINES.filter(({ id }) => ids.includes(id))

test('after a stop nothing is said to stand in the way of what was never tried', () => {
  const outcomes = new Map([['garnet', DONE]])
  assert.equal(told('suspend', LINES, outcomes), '1 tenant suspended, 2 sessions ended. 2 tenants were not tried.')
  assert.equal(verb('suspend', due('heron', 'jade'), outcomes, 0), 'Suspend 2 tenants')
  assert.equal(told('lift', LINES.slice(0, 2), outcomes), '1 tenant no longer suspended. 1 tenant was not tried.')
})

test('what was refused or failed is tried again, together with what was not tried it is not called so', () => {
  const outcomes = new Map<string, Outcome>([['garnet', DONE], ['heron', REFUSED]])
  const came = '1 tenant suspended, 2 sessions ended, 1 tenant not: what stands in the way is at each.'
  assert.equal(told('suspend', LINES, outcomes), `${came} 1 tenant was not tried.`)
  assert.equal(verb('suspend', due('heron', 'jade'), outcomes, 1), 'Suspend 2 tenants: ends 1 session')
  outcomes.set('jade', { state: 'failed', messages: ['Something went wrong.'] })
  assert.equal(verb('suspend', due('heron', 'jade'), outcomes, 0), 'Try 2 tenants again')
})

test('what is under way is not tried again', () => {
  assert.equal(verb('lift', due('garnet'), new Map([['garnet', { state: 'working' }]]), 0), 'Lift suspension of 1 tenant')
})

test('what went wrong and is so by now is neither in the way nor done', () => {
  const lost: Outcome = { state: 'failed', messages: ['Actas took too long to answer.'] }
  const lines = [
    { id: 'garnet', skipped: 'Is suspended already' },
    { id: 'heron', skipped: 'Is suspended already' },
  ]
  const outcomes = new Map<string, Outcome>([['garnet', DONE], ['heron', lost]])
  const came = '1 tenant suspended, 2 sessions ended. Nothing is left to do to 1 tenant, though trying it failed.'
  assert.equal(told('suspend', lines, outcomes), came)
})
