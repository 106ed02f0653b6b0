import { useNavigate } from '@tanstack/react-router'
import { useQuery } from 'urql'

import { enter } from '../frame/entering.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { useViewer } from '../frame/viewer.tsx'
import { useCommands } from './commands.ts'
import { Find } from './find.ts'
import { GROUPS, matches, type Item } from './item.ts'
import { useById } from './useById.ts'

const INTENT = /^(impersonate|enter)\s+/i

/** Everything that a text may mean, in the order that it is offered. */
export function useItems(text: string, asked: string, help: () => void): { items: Item[]; busy: boolean; failed: boolean } {
  const navigate = useNavigate()
  const { may } = useViewer()
  const { sessions } = useLiveSessions()
  const commands = useCommands(help)
  const wanted = text.replace(INTENT, '').trim()
  const search = asked.replace(INTENT, '').trim()
  const variables = { text: search, operators: may('OPERATOR_READ') }
  const [{ data, fetching, error }] = useQuery({ query: Find, variables, pause: search === '' || !may('TENANT_READ') })
  const byId = useById(search)

  const found = search === '' || wanted === '' ? undefined : data
  const tenants = found?.tenants?.nodes ?? []
  const items: Item[] = [
    ...byId,
    ...commands.filter(({ name, hint }) => matches(wanted, name, hint ?? '')),
    ...tenants.map(({ id, slug, name }): Item => {
      const run = () => void navigate({ to: '/tenants/$slug', params: { slug } })
      return { id, group: 'Tenants', name, hint: slug, icon: 'tenants', run }
    }),
    ...tenants
      .filter(({ impersonability }) => impersonability.state !== 'HIDDEN')
      .slice(0, INTENT.test(text) ? 6 : 2)
      .map(({ id, slug, name }): Item => {
        const run = () => enter(slug)
        return { id: `enter-${id}`, group: 'Impersonate', name: `Impersonate ${name}…`, icon: 'enter', run }
      }),
    ...sessions
      .filter(({ operator, tenant, reason }) => matches(wanted, operator.name, tenant.name, reason))
      .slice(0, 5)
      .map(({ id, uuid, operator, tenant, reason }): Item => {
        const run = () => void navigate({ to: '/sessions/$uuid', params: { uuid } })
        return { id, group: 'Inside now', name: `${operator.name} inside ${tenant.name}`, hint: reason, icon: 'live', run }
      }),
    ...(found?.operators?.nodes ?? []).map(({ id, uuid, name, email }): Item => {
      const run = () => void navigate({ to: '/operators/$uuid', params: { uuid } })
      return { id, group: 'Operators', name, hint: email, icon: 'person', run }
    }),
  ]
  const first = INTENT.test(text) ? (['Impersonate'] as const) : []
  const order = [...first, ...GROUPS.filter((group) => !first.some((other) => other === group))]
  return {
    items: order.flatMap((group) => items.filter((item) => item.group === group)),
    busy: fetching || text !== asked,
    failed: error !== undefined && !data,
  }
}
