import type { Cache } from '@urql/exchange-graphcache'

import { noteGap } from './gap.ts'

type Arguments = Record<string, unknown>
export type Filter = Record<string, unknown>

/** One page of a connection as the cache holds it; the first pages are those that take new arrivals. */
interface Page {
  key: string
  nodes: string[]
  filter: Filter
  first: boolean
}

/** Every cached page of a connection field. */
export function pages(cache: Cache, parent: string, field: string): Page[] {
  return cache
    .inspectFields(parent)
    .filter((info) => info.fieldName === field)
    .flatMap(({ arguments: args, fieldKey }) => {
      const key = cache.resolve(parent, fieldKey)
      const nodes = typeof key === 'string' ? cache.resolve(key, 'nodes') : undefined
      if (typeof key !== 'string' || !Array.isArray(nodes)) return []
      const { after, filter } = (args ?? {}) as Arguments
      const first = after === undefined || after === null
      return [{ key, nodes: nodes as string[], filter: (filter ?? {}) as Filter, first }]
    })
}

/** Puts a node in front of a page, once. */
export function prepend(cache: Cache, page: Page, node: string): void {
  if (!page.nodes.includes(node)) cache.link(page.key, 'nodes', [node, ...page.nodes])
}

/** Takes a node out of a page. */
export function remove(cache: Cache, page: Page, node: string): void {
  if (page.nodes.includes(node))
    cache.link(
      page.key,
      'nodes',
      page.nodes.filter((other) => other !== node),
    )
}

/** Forgets a field under some of its filters; a page that shows it asks the server again. */
export function forget(cache: Cache, parent: string, field: string, when: (filter: Filter) => boolean): void {
  for (const { fieldName, arguments: args } of cache.inspectFields(parent)) {
    if (fieldName !== field) continue
    const filter = ((args as Arguments | null)?.['filter'] ?? {}) as Filter
    if (when(filter)) cache.invalidate(parent, fieldName, args as never)
  }
}

/** Nothing that was read before is known to be true any more: all of it is read again. */
export function forgetAll(cache: Cache, but: readonly string[] = []): void {
  for (const { fieldName, arguments: args } of cache.inspectFields('Query')) {
    if (but.includes(fieldName)) continue
    cache.invalidate('Query', fieldName, args as never)
  }
}

/** Events were missed, so everything is read anew; and one is told. */
export function fillGap(cache: Cache): void {
  noteGap(Date.now())
  forgetAll(cache)
}
