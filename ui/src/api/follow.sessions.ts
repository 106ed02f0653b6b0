import type { Cache } from '@urql/exchange-graphcache'

import { arrive } from './arrivals.ts'
import * as clock from './clock.ts'
import type { Session } from './fragments.ts'
import { forgetPace, noteCount } from './pace.ts'
import { forget, fillGap, pages, prepend, remove, type Filter } from './lists.ts'

type Change =
  | 'SNAPSHOT'
  | 'SNAPSHOT_END'
  | 'GAP'
  | 'REQUESTED'
  | 'APPROVED'
  | 'DENIED'
  | 'LAPSED'
  | 'STARTED'
  | 'ACTIVITY'
  | 'EXPIRING'
  | 'MODE_CHANGED'
  | 'ENDED'
interface SessionEvents {
  sessionEvents?: { change: Change; at: string; session: Session | null } | null
}

/** Sessions that the cache holds as live, by whichever way they came. */
const live = new Set<string>()
/** Sessions known to be over. An end is final: no answer that was under way when it happened may undo it. */
const over = new Set<string>()
const inSnapshot = new Set<string>()

/** Keeps every list of sessions true: an event's own fields are written to the session before this runs. */
export function followSessions({ sessionEvents: event }: SessionEvents, _args: unknown, cache: Cache): void {
  if (!event) return
  const { change, session } = event
  clock.observe(event.at)
  if (change === 'GAP') {
    inSnapshot.clear()
    fillGap(cache)
  } else if (change === 'SNAPSHOT_END') {
    for (const id of live) if (!inSnapshot.has(id)) forgetSession(cache, id)
    inSnapshot.clear()
  } else if (session) {
    if (change === 'SNAPSHOT') inSnapshot.add(session.id)
    noteCount(session.id, session.requestCount, clock.serverNow())
    if (session.state === 'ENDED') {
      over.add(session.id)
      forgetPace(session.id)
    }
    if (change === 'STARTED') arrive(session.id)
    place(cache, session)
    if (change === 'STARTED' || change === 'ENDED') {
      forget(cache, 'Query', 'tenants', (filter) => filter['impersonated'] !== undefined)
    }
  }
}

/** Runs on each write of a session's state, whether by a page, a mutation or an event. */
export function noteState(session: { id?: string; state?: string }): void {
  if (session.id === undefined) return
  if (session.state === 'ACTIVE') {
    live.add(session.id)
  } else {
    live.delete(session.id)
  }
}

/** What a session's state reads as. */
export function keepEnded(session: { id?: string; state?: string }): string | undefined {
  return session.id !== undefined && over.has(session.id) ? 'ENDED' : session.state
}

function place(cache: Cache, session: Session): void {
  const key = cache.keyOfEntity({ __typename: 'ImpersonationSession', id: session.id })
  const tenant = cache.keyOfEntity({ __typename: 'Tenant', id: session.tenant.id })
  if (key === null || tenant === null) return

  const active = session.state === 'ACTIVE'
  const inside = cache.resolve(tenant, 'activeSessions')
  if (Array.isArray(inside)) {
    const others = (inside as string[]).filter((other) => other !== key)
    cache.link(tenant, 'activeSessions', active ? [...others, key] : others)
  }
  const operator = cache.keyOfEntity({ __typename: 'Operator', id: session.operator.id })
  const lists = [
    ...pages(cache, tenant, 'sessions'),
    ...(operator === null ? [] : pages(cache, operator, 'sessions')),
    ...pages(cache, 'Query', 'impersonationSessions'),
  ]
  for (const page of lists) {
    const states = page.filter['states']
    const belongs = !Array.isArray(states) || states.includes(session.state)
    if (!belongs) remove(cache, page, key)
    else if (page.first && isOf(page.filter, session)) prepend(cache, page, key)
  }
  const viewer = cache.resolve('Query', 'viewer')
  if (!active && typeof viewer === 'string' && cache.resolve(viewer, 'impersonation') === key) {
    cache.link(viewer, 'impersonation', null)
  }
}

type Listed = Pick<Session, 'requestedAt' | 'startedAt' | 'endedAt' | 'ticket'> & { operator: { id: string } }

/**
 * Lists of one operator's sessions or of one ticket's take no others, and those of a period only who began, or was
 * inside, within it.
 */
export function isOf(filter: Filter, session: Listed) {
  const began = Date.parse(session.startedAt ?? session.requestedAt)
  const until = session.endedAt === null ? clock.serverNow() : Date.parse(session.endedAt)
  const at = (name: string): number | undefined =>
    typeof filter[name] === 'string' ? Date.parse(filter[name]) : undefined
  const ticket = typeof filter['ticket'] === 'string' ? filter['ticket'].trim().toLowerCase() : undefined
  return (
    (ticket === undefined || ticket === session.ticket?.toLowerCase()) &&
    (filter['operatorId'] === undefined || filter['operatorId'] === session.operator.id) &&
    began >= (at('startedSince') ?? -Infinity) &&
    began < (at('startedUntil') ?? Infinity) &&
    until >= (at('insideSince') ?? -Infinity) &&
    began < (at('insideUntil') ?? Infinity)
  )
}

function forgetSession(cache: Cache, id: string): void {
  live.delete(id)
  cache.invalidate({ __typename: 'ImpersonationSession', id }, 'state')
}
