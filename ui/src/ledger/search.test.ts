import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KINDS } from './kinds.ts'
import { kindsOf, kindText, ledgerSearch } from './search.ts'

test('a whole group is one word in the address, and unfolds to its kinds', () => {
  const tenants = Object.keys(KINDS['Tenants'] ?? {})
  assert.equal(kindText(new Set([...tenants, 'SIGNED_IN'])), 'Tenants*,SIGNED_IN')
  assert.deepEqual(kindsOf('Tenants*,SIGNED_IN'), [...tenants, 'SIGNED_IN'])
})

test('no kind is every kind, and one that this console does not know is asked for as it is', () => {
  assert.equal(kindsOf(undefined), undefined)
  assert.equal(kindText(new Set()), undefined)
  assert.deepEqual(kindsOf('TENANT_MOVED'), ['TENANT_MOVED'])
})

test('what the address says beyond filters is ignored', () => {
  assert.deepEqual(ledgerSearch({ tenant: 'acme', from: '7d', page: '3', text: 7 }), { tenant: 'acme', from: '7d' })
})
