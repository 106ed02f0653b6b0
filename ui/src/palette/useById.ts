import { useNavigate } from '@tanstack/react-router'

import type { ResultOf } from '../api/graphql.ts'
import { useBeside } from '../kit/away.ts'
import { candidates, FindById } from './find.ts'
import type { Item } from './item.ts'

type Node = NonNullable<ResultOf<typeof FindById>['node']>

/** What the text is the id of: one question for each kind of thing, since an id does not say its own. */
export function useById(text: string): Item[] {
  const [first, second, third] = candidates(text)
  const found = [useNode(first), useNode(second), useNode(third)]
  return found.filter((item) => item !== null)
}

function useNode(id: string | undefined): Item | null {
  const navigate = useNavigate()
  const data = useBeside({ query: FindById, variables: { id: id ?? '' }, pause: id === undefined })
  const node = id === undefined ? null : data?.node
  if (!node) return null

  const item = (name: string, icon: Item['icon'], hint: string, run: () => void): Item => ({
    id: `id-${node.id}`,
    group: 'Found by id',
    name,
    icon,
    hint,
    run,
  })
  return told(node, item, navigate)
}

function told(
  node: Node,
  item: (name: string, icon: Item['icon'], hint: string, run: () => void) => Item,
  navigate: ReturnType<typeof useNavigate>,
): Item | null {
  switch (node.__typename) {
    case 'Tenant': {
      const { slug, name } = node
      return item(name, 'tenants', 'Tenant', () => void navigate({ to: '/tenants/$slug', params: { slug } }))
    }
    case 'ImpersonationSession': {
      const { uuid, operator, tenant } = node
      const run = () => void navigate({ to: '/sessions/$uuid', params: { uuid } })
      return item(`${operator.name} in ${tenant.name}`, 'live', 'Session', run)
    }
    case 'Operator': {
      const { uuid, name } = node
      return item(name, 'person', 'Operator', () => void navigate({ to: '/operators/$uuid', params: { uuid } }))
    }
    case 'AuditEntry':
      return item(node.summary, 'ledger', 'Ledger entry', () => void navigate({ to: '/ledger', search: { entry: node.id } }))
    default:
      return null
  }
}
