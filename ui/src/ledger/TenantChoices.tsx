import type { ReactNode } from 'react'

import { graphql } from '../api/graphql.ts'
import { useBeside } from '../kit/away.ts'

const TenantsLike = graphql(`
  query TenantsLike($search: String!) {
    tenants(first: 10, filter: { search: $search }) {
      nodes {
        id
        slug
        name
      }
    }
  }
`)

/** The tenants that a text may mean, for the field whose `list` has this id: one knows them by name, not by slug. */
export function TenantChoices({ id, search }: { id: string; search: string | undefined }): ReactNode {
  const data = useBeside({ query: TenantsLike, variables: { search: search ?? '' }, pause: !search })
  return (
    <datalist id={id}>
      {data?.tenants?.nodes.map(({ slug, name }) => (
        <option key={slug} value={slug}>
          {name}
        </option>
      ))}
    </datalist>
  )
}
