import { useNavigate } from '@tanstack/react-router'
import { useQuery } from 'urql'

import { useLiveSessions } from '../frame/sessions.ts'
import { useViewer } from '../frame/viewer.tsx'
import { date } from '../kit/time.ts'
import { useCommands } from './commands.ts'
import { deed, DEEDS, lackingFor } from './deeds.ts'
import { Find } from './find.ts'
import { GROUPS, matches, parted, type Group, type Item } from './item.ts'
import { useById } from './useById.ts'

interface Items {
  items: Item[]
  /** Whether the name of a tenant must follow. */
  asks: boolean
  busy: boolean
  failed: boolean
}

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
  const lacks = lackingFor(verb ?? 'enter', may) !== undefined
  const isMeant = ({ id, name, hint = '', also = '', whyNot }: Item) =>
    verb === undefined
      ? matches(wanted, name, hint, also) && (!whyNot || wanted !== '')
      : // Whoever lacks what the verb needs is told so, whatever follows it; an export is of all tenants too.
        id === verb && (whyNot ?? (verb === 'export' && matches(wanted, 'the ledger', also)))
  const items: Item[] = [
    ...byId,
    ...commands.filter(isMeant),
    ...tenants.map(({ id, slug, name }): Item => {
      const run = () => void navigate({ to: '/tenants/$slug', params: { slug } })
      return { id, group: 'Tenants', name, hint: slug, icon: 'tenants', run }
    }),
    ...tenants.slice(0, lacks ? 0 : verb ? 6 : 2).map((tenant) => deed(verb ?? 'enter', tenant)),
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
  // A verb asks for tenants alone, and where it stands alone for none yet; those that it does not fit come last.
  const groups: readonly Group[] = verb === undefined ? GROUPS : [DEEDS[verb].group, 'Do']
  const listed = groups.flatMap((group) => items.filter((item) => item.group === group))
  return {
    items: verb === undefined ? listed : listed.toSorted(byWhetherItCan),
    asks: verb !== undefined && wanted === '' && !lacks,
    busy: fetching || text !== asked,
    failed: error !== undefined && !data,
  }
}

const byWhetherItCan = (one: Item, other: Item) => Number(one.whyNot !== undefined) - Number(other.whyNot !== undefined)
