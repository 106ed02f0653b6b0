import type { Cache } from '@urql/exchange-graphcache'

import type { ResultOf } from './graphql.ts'
import { forgetAll } from './lists.ts'
import { ViewerQuery, type ViewerEvents } from './viewer.ts'

/** Who looks, as it is now. With other permissions everything is asked for anew: what is shown may be forbidden now. */
export function followViewer(told: unknown, _args: unknown, cache: Cache): void {
  const viewer = (told as ResultOf<typeof ViewerEvents>).viewer.viewer
  if (!viewer) return
  let before: readonly string[] | undefined
  cache.updateQuery({ query: ViewerQuery }, (known) => {
    before = known?.viewer.permissions
    return { __typename: 'Query', viewer: { ...viewer, __typename: 'Viewer' } } as never
  })
  if (before && before.join() !== viewer.permissions.join()) forgetAll(cache, ['viewer'])
}
