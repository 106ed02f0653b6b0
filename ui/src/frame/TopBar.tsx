import { Link, useParams, useRouterState } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { graphql } from '../api/graphql.ts'
import { Icon } from '../kit/icons.tsx'
import { ConnectionLight } from './ConnectionLight.tsx'
import css from './frame.module.css'
import { ViewerMenu } from './ViewerMenu.tsx'

export function TopBar(): ReactNode {
  return (
    <header className={css['top']}>
      <Crumbs />
      <div className={css['right']}>
        <ConnectionLight />
        <ViewerMenu />
      </div>
    </header>
  )
}

const PLACES = { tenants: 'Tenants', live: 'Live', ledger: 'Ledger' } as const
type Place = keyof typeof PLACES

function Crumbs(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const { slug } = useParams({ strict: false })
  const place = path.split('/')[1] as Place | undefined
  if (place === undefined || !(place in PLACES)) return <span />
  return (
    <nav aria-label="Breadcrumbs" className={css['crumbs']}>
      <ol>
        <li>
          {slug === undefined ? (
            <Here>{PLACES[place]}</Here>
          ) : (
            <Link activeOptions={{ exact: true }} to={`/${place}`}>
              {PLACES[place]}
            </Link>
          )}
        </li>
        {slug === undefined ? null : (
          <li>
            <Icon name="chevron" size={12} />
            <TenantCrumb slug={slug} />
          </li>
        )}
      </ol>
    </nav>
  )
}

const TenantName = graphql(`
  query TenantName($slug: String!) {
    tenant(slug: $slug) {
      id
      name
    }
  }
`)

function TenantCrumb({ slug }: { slug: string }): ReactNode {
  const [{ data }] = useQuery({ query: TenantName, variables: { slug } })
  return <Here>{data?.tenant?.name ?? slug}</Here>
}

function Here({ children }: { children: ReactNode }): ReactNode {
  return <span aria-current="page">{children}</span>
}
