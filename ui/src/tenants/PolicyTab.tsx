import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useQuery } from 'urql'

import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import page from '../kit/page.module.css'
import { focus } from '../kit/focus.ts'
import { Failed, Loading } from '../kit/States.tsx'
import { late } from '../kit/late.ts'
import { policySentence } from './policy.ts'
import { PolicyTable } from './PolicyTable.tsx'
import { PolicyVersions } from './PolicyVersions.tsx'
import { RuleFields } from './rules.ts'

const TenantPolicy = graphql(
  `
    query TenantPolicy($slug: String!) {
      policy {
        ...RuleFields
      }
      tenant(slug: $slug) {
        id
        slug
        name
        policy {
          ...RuleFields
        }
      }
    }
  `,
  [RuleFields],
)

const PolicyForm = lazy(late(() => import('./PolicyForm.tsx')))
const route = getRouteApi('/tenants/$slug/policy')

/** The rules in force for this tenant, each with who set it and where it comes from; a form for who may set them. */
export function PolicyTab(): ReactNode {
  const { slug } = route.useParams()
  const { may } = useViewer()
  const [wanted, setWanted] = useState<boolean>()
  const editing = wanted === true && may('TENANT_POLICY_SET')
  const [{ data, error }, reload] = useQuery({ query: TenantPolicy, variables: { slug } })
  const tenant = data?.tenant
  if (!tenant || !data.policy) {
    return error ? <Failed error={error} retry={reload} /> : <Loading rows={10} what="the policy" />
  }
  return (
    <>
      <div className={page['heading']}>
        <p>{policySentence(tenant.policy)}</p>
        {may('TENANT_POLICY_SET') && !editing ? (
          <Button onClick={() => setWanted(true)} ref={wanted === false ? focus : null} variant="default">
            Change the rules of {tenant.name}…
          </Button>
        ) : null}
      </div>
      {editing ? (
        <Suspense fallback={<Loading rows={10} what="the form" />}>
          <PolicyForm close={() => setWanted(false)} inherited={data.policy} rules={tenant.policy} tenant={tenant} />
        </Suspense>
      ) : (
        <>
          <PolicyTable name={tenant.name} rules={tenant.policy} />
          <PolicyVersions name={tenant.name} versions={tenant.policy.versions} />
        </>
      )}
    </>
  )
}
