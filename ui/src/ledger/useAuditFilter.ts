import type { CombinedError } from '@urql/core'
import { useMemo } from 'react'
import { useQuery } from 'urql'

import { graphql } from '../api/graphql.ts'
import { useViewer } from '../frame/viewer.tsx'
import { useRetryWhenBack } from '../kit/away.ts'
import { lacking } from '../kit/Lacks.tsx'
import { globalId, isSlug, isUuid } from '../kit/text.ts'
import { useInstants } from '../kit/useInstants.ts'
import { kindsOf, slipOf, type LedgerSearch } from './search.ts'

const Named = graphql(`
  query Named(
    $slug: String!
    $tenant: Boolean!
    $uuid: UUID!
    $session: Boolean!
    $operatorId: ID!
    $operator: Boolean!
    $operators: Boolean!
  ) {
    tenant(slug: $slug) @include(if: $tenant) {
      id
      name
    }
    impersonationSession(uuid: $uuid) @include(if: $session) {
      id
    }
    node(id: $operatorId) @include(if: $operator) {
      id
      ... on Operator {
        uuid
        name
      }
    }
    operators(first: 200) @include(if: $operators) {
      nodes {
        id
        uuid
        name
      }
    }
  }
`)

const NO_UUID = '00000000-0000-0000-0000-000000000000'

export interface AuditFilter {
  kinds?: string[]
  tenantId?: string
  operatorId?: string
  sessionId?: string
  since?: string
  until?: string
  ipAddress?: string
  text?: string
}

type Resolved =
  | { status: 'ready'; filter: AuditFilter; tenant: { id: string; name: string } | null }
  | { status: 'loading' }
  | { status: 'unknown'; why: string }
  | { status: 'failed'; error: CombinedError; retry: () => void }

/** What the address names, as the API takes it: its slugs and uuids are looked up first. */
export function useAuditFilter(search: LedgerSearch): {
  resolved: Resolved
  operators: readonly { id: string; uuid: string; name: string }[]
} {
  const { may } = useViewer()
  const operatorUuid = isUuid(search.operator ?? '') ? search.operator?.toLowerCase() : undefined
  const badSession = search.session !== undefined && !isUuid(search.session)
  const [{ data, error, fetching, stale }, retry] = useQuery({
    query: Named,
    variables: {
      slug: search.tenant?.toLowerCase() ?? '',
      tenant: search.tenant !== undefined && isSlug(search.tenant),
      uuid: badSession ? NO_UUID : (search.session?.toLowerCase() ?? NO_UUID),
      session: search.session !== undefined && !badSession,
      operatorId: globalId('Operator', operatorUuid ?? NO_UUID),
      operator: operatorUuid !== undefined && may('OPERATOR_READ'),
      operators: may('OPERATOR_READ'),
    },
  })
  const naming = search.tenant ?? search.session ?? search.operator
  // Where the address names something the page says what failed; else the operators to choose from come late.
  useRetryWhenBack(naming === undefined ? error : undefined, retry)
  const listed = data?.operators?.nodes ?? []
  // The list is the first of them; the one that the address names may be beyond it.
  const named = data?.node && 'uuid' in data.node ? data.node : undefined
  const operators = named && !listed.some(({ id }) => id === named.id) ? [...listed, named] : listed
  const tenant = search.tenant ? data?.tenant : undefined
  const session = search.session ? data?.impersonationSession : undefined
  const operator = operators.find(({ uuid }) => uuid === operatorUuid)

  const instants = useInstants(search)
  const filter = useMemo((): AuditFilter => {
    const kinds = kindsOf(search.kind)
    return {
      ...(kinds ? { kinds } : {}),
      ...(tenant ? { tenantId: tenant.id } : {}),
      ...(operator ? { operatorId: operator.id } : {}),
      ...(session ? { sessionId: session.id } : {}),
      ...(search.ip ? { ipAddress: search.ip } : {}),
      ...(search.text ? { text: search.text } : {}),
      ...instants,
    }
  }, [instants, operator, search.ip, search.kind, search.text, session, tenant])

  return { resolved: resolve(), operators }

  function resolve(): Resolved {
    const why = slipOf(search) ?? barred()
    if (why) return { status: 'unknown', why }
    if (naming === undefined) return { status: 'ready', filter, tenant: null }
    if (!data) return error ? { status: 'failed', error, retry } : { status: 'loading' }
    if (search.tenant && !tenant) {
      return fetching || stale
        ? { status: 'loading' }
        : { status: 'unknown', why: `There is no tenant whose slug is ${search.tenant}.` }
    }
    if (search.session && !session) return { status: 'unknown', why: 'There is no such session.' }
    if (search.operator && !operator) return { status: 'unknown', why: 'There is no such operator.' }
    return { status: 'ready', filter, tenant: tenant ?? null }
  }

  /** A link, or filters that were saved, may ask for more than one may filter by: a longer list would be no answer. */
  function barred(): string | undefined {
    if (search.ip && !may('ORIGIN_READ')) return `To filter by IP address needs ${lacking('ORIGIN_READ')}.`
    if (search.operator && !may('OPERATOR_READ')) return `To filter by operator needs ${lacking('OPERATOR_READ')}.`
    return undefined
  }
}
