import assert from 'node:assert/strict'
import { test } from 'node:test'

import { leftOut, only } from '../kit/address.ts'
import { tenantReading } from '../tenants/search.ts'
import { kindName, KINDS } from './kinds.ts'
import { kindsOf, kindText, ledgerSearch, slipOf } from './search.ts'

test('a whole group is one word in the address, and unfolds to its kinds', () => {
  const tenants = Object.keys(KINDS['Tenants'] ?? {})
  assert.equal(kindText(new Set([...tenants, 'SIGNED_IN'])), 'Tenants*,SIGNED_IN')
  assert.deepEqual(kindsOf('Tenants*,SIGNED_IN'), [...tenants, 'SIGNED_IN'])
})

test('a kind is called by words, one that this console does not know too', () => {
  assert.equal(kindName('IMPERSONATION_STARTED'), 'Impersonation: started')
  assert.equal(kindName('TENANT_MOVED'), 'Tenant moved')
})

test('no kind is every kind, and one that this console does not know is asked for as it is', () => {
  assert.equal(kindsOf(undefined), undefined)
  assert.equal(kindText(new Set()), undefined)
  assert.deepEqual(kindsOf('TENANT_MOVED'), ['TENANT_MOVED'])
})

test('what the address says beyond filters is ignored', () => {
  assert.deepEqual(ledgerSearch({ tenant: 'acme', from: '7d', page: '3', text: 7 }), { tenant: 'acme', from: '7d' })
})

test('what the address says wrongly is taken out of what the router would keep of it', () => {
  const kept = { from: '2026-13-99', to: '2026-11-17', page: '3' }
  assert.deepEqual({ ...kept, ...only(ledgerSearch)(kept) }, { from: undefined, to: '2026-11-17', page: undefined })
})

test('what was left out of an address can be told, and nothing that was read', () => {
  const given = { from: '2026-13-99', to: '2026-11-17', kind: 'Tenants*,SIGNED_IN', page: '3' }
  assert.deepEqual(leftOut(ledgerSearch, given), ['from=2026-13-99', 'page=3'])
  const tenants = { status: 'ACTIVE,BOGUS', order: 'NAME', inside: 'false', q: 'a, b' }
  assert.deepEqual(leftOut(tenantReading, tenants), ['status=BOGUS'])
})

test('what nothing can fit is told as it is, and not as an empty ledger', () => {
  assert.match(slipOf({ from: '2026-11-17', to: '2026-11-16' }) ?? '', /last day is before the first/)
  assert.match(slipOf({ tenant: '\0' }) ?? '', /There is no tenant/)
  assert.match(slipOf({ session: 'nope' }) ?? '', /nope is no session/)
  assert.equal(slipOf({ session: '01A1FE08-C2C1-79A4-95D2-1DD769ECD86F' }), undefined)
  for (const ip of ['999.1.1.1', '10.0.0.0/8', '1.2.3', 'localhost', '::1]/', ':::']) assert.ok(slipOf({ ip }), ip)
  for (const ip of ['203.0.113.7', '::1', '2001:DB8::7', '::ffff:203.0.113.7']) assert.equal(slipOf({ ip }), undefined)
})
