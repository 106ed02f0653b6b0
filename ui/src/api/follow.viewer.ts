import type { Cache } from '@urql/exchange-graphcache'

import type { Role } from '../kit/roles.ts'
import type { ResultOf } from './graphql.ts'
import { forgetAll } from './lists.ts'
import { noteLost } from './roles.ts'
import { noteAccess } from './signin.ts'
import { ViewerQuery, type ViewerEvents } from './viewer.ts'

/** As of the last event: the operator that the cache holds has the new ones already when an event is told here. */
let known: readonly Role[] = []

/** Who looks, as it is now. With other permissions everything is asked for anew: what is shown may be forbidden now. */
export function followViewer(told: unknown, _args: unknown, cache: Cache): void {
  const viewer = (told as ResultOf<typeof ViewerEvents>).viewer.viewer
  if (!viewer) return
  noteAccess(viewer.permissions.length > 0)
  let before: readonly string[] | undefined
  cache.updateQuery({ query: ViewerQuery }, (cached) => {
    before = cached?.viewer.permissions
    return { __typename: 'Query', viewer: { ...viewer, __typename: 'Viewer' } } as never
  })
  if (before && before.join() !== viewer.permissions.join()) forgetAll(cache, ['viewer'])
  const roles = viewer.operator?.roles ?? []
  const lost = known.filter((role) => !roles.includes(role))
  if (lost.length > 0) noteLost(lost)
  known = roles
}
