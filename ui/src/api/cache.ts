import { cacheExchange, type Cache, type UpdatesConfig } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'

import { followLedger } from './follow.ledger.ts'
import { followSessions, keepEnded, noteState } from './follow.sessions.ts'
import { followTenants, keepNewest } from './follow.tenants.ts'
import { followViewer } from './follow.viewer.ts'

/** Types without an identity of their own live inside the one that has them. */
const embedded = () => null

const updates: UpdatesConfig = {
  Query: {
    node: ({ node }: { node?: Named | null }, _args, cache) => addKey(node, cache),
  },
  Subscription: {
    sessionEvents: followSessions,
    tenantEvents: followTenants,
    auditEvents: followLedger,
    viewer: followViewer,
  },
  Mutation: {
    endImpersonation: leaveOwn,
    revokeImpersonation: leaveOwn,
    issueServiceKey: ({ issueServiceKey }: { issueServiceKey?: { serviceKey?: Named } | null }, _args, cache) =>
      addKey(issueServiceKey?.serviceKey, cache),
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

interface Named {
  __typename: string
  id: string
}

/** A key that the list does not have was issued just now, and is the newest. */
function addKey(thing: Named | null | undefined, store: Cache): void {
  const keys = store.resolve('Query', 'serviceKeys') as string[] | null | undefined
  const key = thing?.__typename === 'ServiceKey' ? store.keyOfEntity({ __typename: 'ServiceKey', id: thing.id }) : null
  if (key !== null && keys && !keys.includes(key)) store.link('Query', 'serviceKeys', [key, ...keys])
}
