import { Link, useParams, useRouterState } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { graphql } from '../api/graphql.ts'
import { useBeside } from '../kit/away.ts'
import { Icon } from '../kit/icons.tsx'
import { globalId, isSlug } from '../kit/text.ts'
import css from './frame.module.css'
import { PLACES } from './places.ts'
import { useViewer } from './viewer.tsx'

/** A page that has no place in the sidebar stands under one that has. */
const UNDER: Readonly<Record<string, string>> = { sessions: 'live' }

/** Where one is, and the way up. */
export function Crumbs(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const { slug, uuid } = useParams({ strict: false }) as { slug?: string; uuid?: string }
  const section = path.split('/')[1] ?? ''
  const place = PLACES.find(({ to }) => to === `/${UNDER[section] ?? section}`)
  if (!place) return <span />
  const inside = slug ?? uuid
  return (
    <nav aria-label="Breadcrumbs" className={css['crumbs']}>
      <ol>
        <li>
          {inside === undefined ? (
            <Here>{place.name}</Here>
          ) : (
            <Link activeOptions={{ exact: true }} to={place.to}>
              {place.name}
            </Link>
          )}
        </li>
        {inside === undefined ? null : (
          <li>
            <Icon name="chevron" size={12} />
            {section === 'tenants' ? <TenantCrumb slug={inside} /> : null}
            {section === 'operators' ? <OperatorCrumb uuid={inside} /> : null}
            {section === 'sessions' ? <Here>Session {inside.slice(0, 8)}</Here> : null}
          </li>
        )}
      </ol>
    </nav>
  )
}

export const TenantName = graphql(`
  query TenantName($slug: String!) {
    tenant(slug: $slug) {
      id
      name
    }
  }
`)

function TenantCrumb({ slug }: { slug: string }): ReactNode {
  const data = useBeside({ query: TenantName, variables: { slug }, pause: !isSlug(slug) })
  return <Here>{data?.tenant?.name ?? slug}</Here>
}

const OperatorName = graphql(`
  query OperatorName($id: ID!) {
    node(id: $id) {
      id
      ... on Operator {
        name
      }
    }
  }
`)

function OperatorCrumb({ uuid }: { uuid: string }): ReactNode {
  const { may } = useViewer()
  const id = globalId('Operator', uuid)
  const data = useBeside({ query: OperatorName, variables: { id }, pause: !may('OPERATOR_READ') })
  return <Here>{data?.node && 'name' in data.node ? data.node.name : uuid.slice(0, 8)}</Here>
}

function Here({ children }: { children: ReactNode }): ReactNode {
  return <span aria-current="page">{children}</span>
}
