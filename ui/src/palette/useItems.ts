import { useNavigate } from '@tanstack/react-router'
import { useQuery } from 'urql'

import { enter, suspend } from '../frame/asking.ts'
import { useLiveSessions } from '../frame/sessions.ts'
import { useViewer } from '../frame/viewer.tsx'
import { date } from '../kit/time.ts'
import { useCommands } from './commands.ts'
import { Find } from './find.ts'
import { GROUPS, matches, parted, type Group, type Item, type Verb } from './item.ts'
import { useById } from './useById.ts'

interface Items {
  items: Item[]
  /** Whether the name of a tenant must follow. */
  asks: boolean
  busy: boolean
  failed: boolean
}

/** What can be done to a tenant of this status. */
const CHANGE: Readonly<Partial<Record<string, Verb>>> = { ACTIVE: 'suspend', READ_ONLY: 'suspend', SUSPENDED: 'lift' }

/** Everything that a text may mean, in the order that it is offered. */
export function useItems(text: string, asked: string, help: () => void): Items {
  const navigate = useNavigate()
  const { may } = useViewer()
  const { sessions } = useLiveSessions()
  const commands = useCommands(help)
  const { verb, rest: wanted } = parted(text)
  const { rest: search } = parted(asked)
  const variables = { text: search, operators: may('OPERATOR_READ') }
  const [{ data, fetching, error }] = useQuery({ query: Find, variables, pause: search === '' || !may('TENANT_READ') })
  const byId = useById(search)

  const found = search === '' || wanted === '' ? undefined : data
  const tenants = found?.tenants?.nodes ?? []
  const suspendable = ({ status }: { status: string }) =>
    may('TENANT_SUSPEND') && verb !== undefined && verb === CHANGE[status]
  const items: Item[] = [
    ...byId,
    ...commands.filter(({ name, hint, also }) => matches(wanted, name, hint ?? '', also ?? '')),
    ...tenants.map(({ id, slug, name }): Item => {
      const run = () => void navigate({ to: '/tenants/$slug', params: { slug } })
      return { id, group: 'Tenants', name, hint: slug, icon: 'tenants', run }
    }),
    ...tenants
      .filter(({ impersonability }) => impersonability.state !== 'HIDDEN')
      .slice(0, verb === 'enter' ? 6 : 2)
      .map(({ id, slug, name }): Item => {
        const run = () => enter(slug)
        return { id: `enter-${id}`, group: 'Impersonate', name: `Impersonate ${name}…`, icon: 'enter', run }
      }),
    ...tenants.filter(suspendable).map(({ id, slug, name }): Item => {
      const run = () => suspend(slug)
      const words = verb === 'lift' ? `Lift the suspension of ${name}…` : `Suspend ${name}…`
      return { id: `suspend-${id}`, group: 'Suspend or lift', name: words, icon: verb === 'lift' ? 'check' : 'ban', run }
    }),
    ...sessions
      .filter(({ operator, tenant, reason, ticket }) => matches(wanted, operator.name, tenant.name, reason, ticket ?? ''))
      .slice(0, 5)
      .map(({ id, uuid, operator, tenant, reason }): Item => {
        const run = () => void navigate({ to: '/sessions/$uuid', params: { uuid } })
        return { id, group: 'Inside now', name: `${operator.name} inside ${tenant.name}`, hint: reason, icon: 'live', run }
      }),
    ...(found?.impersonationSessions?.nodes ?? []).slice(0, 5).map((session): Item => {
      const { id, uuid, operator, tenant, reason, startedAt, requestedAt } = session
      const name = `${operator.name} in ${tenant.name}, ${date(startedAt ?? requestedAt)}`
      const run = () => void navigate({ to: '/sessions/$uuid', params: { uuid } })
      return { id, group: 'Of this ticket', name, hint: reason, icon: 'live', run }
    }),
    ...(found?.operators?.nodes ?? []).map(({ id, uuid, name, email }): Item => {
      const run = () => void navigate({ to: '/operators/$uuid', params: { uuid } })
      return { id, group: 'Operators', name, hint: email, icon: 'person', run }
    }),
  ]
  // A verb asks for tenants alone, and where it stands alone for none yet.
  const groups: readonly Group[] = verb === undefined ? GROUPS : verb === 'enter' ? ['Impersonate'] : ['Suspend or lift']
  return {
    items: groups.flatMap((group) => items.filter((item) => item.group === group)),
    asks: verb !== undefined && wanted === '',
    busy: fetching || text !== asked,
    failed: error !== undefined && !data,
  }
}
