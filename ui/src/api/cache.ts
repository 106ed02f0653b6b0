import { cacheExchange, type Cache, type UpdatesConfig } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'

import { followLedger } from './follow.ledger.ts'
import { followSessions, keepEnded, noteState } from './follow.sessions.ts'
import { followTenants, keepNewest } from './follow.tenants.ts'
import { followViewer } from './follow.viewer.ts'

/** Types without an identity of their own live inside the one that has them. */
const embedded = () => null

const updates: UpdatesConfig = {
  Subscription: {
    sessionEvents: followSessions,
    tenantEvents: followTenants,
    auditEvents: followLedger,
    viewer: followViewer,
  },
  Mutation: {
    endImpersonation: leaveOwn,
    revokeImpersonation: leaveOwn,
    issueServiceKey: addKey,
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
      RuleProvenance: embedded,
      PolicyVersion: embedded,
      PolicyChanged: embedded,
      LedgerHead: embedded,
      LedgerCheck: embedded,
      Refused: embedded,
      Problem: embedded,
      PageInfo: embedded,
      TenantConnection: embedded,
      TenantFacets: embedded,
      OperatorConnection: embedded,
      OperatorConduct: embedded,
      OperatorChanged: embedded,
      ServiceKeyIssued: embedded,
      ServiceKeyChanged: embedded,
      ViewerEvent: embedded,
      ImpersonationSessionConnection: embedded,
      AuditEntryConnection: embedded,
      AccessRecordConnection: embedded,
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
      OperatorResult: ['OperatorChanged', 'Refused'],
      IssueServiceKeyResult: ['ServiceKeyIssued', 'Refused'],
      ServiceKeyResult: ['ServiceKeyChanged', 'Refused'],
      PolicyResult: ['PolicyChanged', 'Refused'],
    },
    resolvers: {
      Query: {
        impersonationSessions: relayPagination(),
        auditEntries: relayPagination(),
      },
      Operator: { sessions: relayPagination() },
      ImpersonationSession: {
        state: keepEnded,
        audit: relayPagination(),
      },
      Tenant: {
        sessions: relayPagination(),
        audit: relayPagination(),
        accessLog: relayPagination(),
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

/** A key that was just issued is the newest. */
function addKey(result: { issueServiceKey?: { serviceKey?: { id: string } } | null }, _args: unknown, store: Cache): void {
  const id = result.issueServiceKey?.serviceKey?.id
  const keys = store.resolve('Query', 'serviceKeys')
  const key = id === undefined ? null : store.keyOfEntity({ __typename: 'ServiceKey', id })
  if (key !== null && Array.isArray(keys)) store.link('Query', 'serviceKeys', [key, ...(keys as string[])])
}
