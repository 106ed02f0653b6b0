import type { CombinedError } from '@urql/core'
import { useEffect, useState } from 'react'
import { useClient } from 'urql'

import { SessionFields, TenantFields } from '../api/fragments.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { useNow } from '../kit/now.ts'
import { isLive, statusSign } from '../kit/words.ts'
import type { Picked } from './selection.ts'

const TenantNow = graphql(
  `
    query TenantNow($id: ID!) {
      tenant(id: $id) {
        ...TenantFields
        activeSessions {
          ...SessionFields
        }
      }
    }
  `,
  [TenantFields, SessionFields],
)
type Now = NonNullable<ResultOf<typeof TenantNow>['tenant']>

export type Act = 'suspend' | 'lift'

/** One of the picked tenants: what is known of it now, and why it is passed over where it is. */
export interface Line {
  id: string
  name: string
  /** Undefined until the server said. */
  now: Now | undefined
  skipped: string | undefined
  error: CombinedError | undefined
}

interface Answer {
  tenant: Now | null
  error: CombinedError | undefined
}

/**
 * The picked tenants as they are now: they may be long out of view. Asked for one by one, and kept true by what is
 * pushed for as long as this stands.
 */
export function useLines(picked: readonly Picked[], act: Act): { lines: Line[]; ask: () => void } {
  const client = useClient()
  const clock = useNow()
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map())
  const ids = picked.map(({ id }) => id).join()
  useEffect(() => {
    const asked = ids.split(',').map((id) =>
      client.query(TenantNow, { id }).subscribe(({ data, error, stale }) => {
        if (!stale) setAnswers((before) => new Map(before).set(id, { tenant: data?.tenant ?? null, error }))
      }),
    )
    return () => {
      for (const { unsubscribe } of asked) unsubscribe()
    }
  }, [client, ids])

  const lines = picked.map(({ id, name }): Line => {
    const { tenant = null, error } = answers.get(id) ?? {}
    if (!tenant) {
      const gone = answers.has(id) && !error ? 'There is no such tenant any more' : undefined
      return { id, name, now: undefined, skipped: gone, error }
    }
    const activeSessions = tenant.activeSessions.filter((session) => isLive(session, clock))
    return { id, name: tenant.name, now: { ...tenant, activeSessions }, skipped: whyNot(act, tenant.status), error }
  })
  return {
    lines,
    /** Once more, of those whose answer failed: it comes to the same place. */
    ask: () => {
      for (const { id, error } of lines) {
        if (error) client.query(TenantNow, { id }, { requestPolicy: 'network-only' }).toPromise().catch(() => undefined)
      }
    },
  }
}

/** Why there is nothing to be done, where the status is that already or leads there by no way. */
export function whyNot(act: Act, status: Now['status']): string | undefined {
  const { word } = statusSign(status)
  if (act === 'lift') return status === 'SUSPENDED' ? undefined : `Is not suspended but ${word.toLowerCase()}`
  if (status === 'SUSPENDED') return 'Is suspended already'
  return status === 'ACTIVE' || status === 'READ_ONLY'
    ? undefined
    : `Cannot be suspended while it is ${word.toLowerCase()}`
}
