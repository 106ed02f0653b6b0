import { cacheExchange, type Cache, type UpdatesConfig } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'

import { followLedger } from './follow.ledger.ts'
import { followSessions, keepEnded, noteState } from './follow.sessions.ts'
import { followTenants, keepNewest } from './follow.tenants.ts'

/** Types without an identity of their own live inside the one that has them. */
const embedded = () => null

const updates: UpdatesConfig = {
  Subscription: {
    sessionEvents: followSessions,
    tenantEvents: followTenants,
    auditEvents: followLedger,
  },
  Mutation: {
    endImpersonation: leaveOwn,
    revokeImpersonation: leaveOwn,
  },
  ImpersonationSession: { state: noteState },
  Tenant: { updatedAt: keepNewest },
}

/** A new one for each client: what it knows belongs to whoever is signed in. */
export const newCache = () =>
  cacheExchange({
    keys: {
      Viewer: embedded,
      Actor: embedded,
      RoleGrant: embedded,
      Impersonability: embedded,
      ImpersonationPolicy: embedded,
      LedgerHead: embedded,
      Refused: embedded,
      Problem: embedded,
      PageInfo: embedded,
      TenantConnection: embedded,
      ImpersonationSessionConnection: embedded,
      AuditEntryConnection: embedded,
      ImpersonationStarted: embedded,
      ImpersonationPending: embedded,
      SessionChanged: embedded,
      TenantChanged: embedded,
      SessionEvent: embedded,
      TenantEvent: embedded,
      AuditEvent: embedded,
    },
    possibleTypes: {
      Node: ['Tenant', 'ImpersonationSession', 'AuditEntry', 'Operator', 'ServiceKey', 'AccessRecord'],
      StartImpersonationResult: ['ImpersonationStarted', 'ImpersonationPending', 'Refused'],
      SessionResult: ['SessionChanged', 'Refused'],
      TenantResult: ['TenantChanged', 'Refused'],
    },
    resolvers: {
      Query: {
        tenants: relayPagination(),
        impersonationSessions: relayPagination(),
        auditEntries: relayPagination(),
      },
      ImpersonationSession: { state: keepEnded },
      Tenant: {
        sessions: relayPagination(),
        audit: relayPagination(),
      },
    },
    updates,
  })

/** The answer to one's own stop is as good as the event that follows it. */
function leaveOwn(_result: unknown, _args: unknown, store: Cache): void {
  const viewer = store.resolve('Query', 'viewer')
  if (typeof viewer !== 'string') return
  const own = store.resolve(viewer, 'impersonation')
  if (typeof own === 'string' && store.resolve(own, 'state') === 'ENDED') store.link(viewer, 'impersonation', null)
}
