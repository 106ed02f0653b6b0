import { stringifyVariables } from '@urql/core'
import type { Cache } from '@urql/exchange-graphcache'

import { arrive } from './arrivals.ts'
import type { Entry } from './fragments.ts'
import { graphql } from './graphql.ts'
import { fillGap, pages, prepend, type Filter } from './lists.ts'

interface AuditEvents {
  auditEvents?: { change: 'SNAPSHOT' | 'SNAPSHOT_END' | 'GAP' | 'CHANGED'; entry: Entry | null } | null
}

const Head = graphql(`
  fragment Head on Tenant {
    id
    ledger {
      sequence
      hash
      at
      signature
      keyId
    }
  }
`)

/** Puts a new entry on top of every list that asked for the same filter as the subscription that brought it. */
export function followLedger(told: AuditEvents, args: { filter?: Filter | null }, cache: Cache): void {
  const event = told.auditEvents
  if (event?.change === 'GAP') fillGap(cache)
  if (!event?.entry) return
  const { entry } = event
  const key = cache.keyOfEntity({ __typename: 'AuditEntry', id: entry.id })
  if (key === null) return
  arrive(entry.id)
  const filter = args.filter ?? {}
  const same = (other: Filter) => stringifyVariables(other) === stringifyVariables(filter)
  for (const page of pages(cache, 'Query', 'auditEntries')) {
    if (page.first && same(page.filter)) prepend(cache, page, key)
  }

  const session = entry.session && cache.keyOfEntity({ __typename: 'ImpersonationSession', id: entry.session.id })
  if (session) prependTo(cache, session, entry, key)
  if (entry.kind === 'POLICY_SET') cache.invalidate('Query', 'policy')
  const tenant = entry.tenant && cache.keyOfEntity({ __typename: 'Tenant', id: entry.tenant.id })
  if (!entry.tenant || !tenant) return
  prependTo(cache, tenant, entry, key)
  if (entry.kind === 'POLICY_SET') cache.invalidate(tenant, 'policy')
  if (cache.resolve(tenant, 'ledger') !== undefined) {
    cache.writeFragment(Head, {
      __typename: 'Tenant',
      id: entry.tenant.id,
      ledger: {
        __typename: 'LedgerHead',
        sequence: entry.sequence,
        hash: entry.hash,
        at: entry.at,
        signature: null,
        keyId: null,
      },
    } as never)
  }
}

/** A session's or a tenant's own entries: all of them, or those of some kinds or of a period. */
function prependTo(cache: Cache, parent: string, entry: Entry, key: string): void {
  for (const page of pages(cache, parent, 'audit')) {
    const { kinds, since, until, ...others } = page.filter
    const at = Date.parse(entry.at)
    const belongs =
      (!Array.isArray(kinds) || kinds.includes(entry.kind)) &&
      (typeof since !== 'string' || at >= Date.parse(since)) &&
      (typeof until !== 'string' || at < Date.parse(until))
    if (page.first && belongs && Object.keys(others).length === 0) prepend(cache, page, key)
  }
}
