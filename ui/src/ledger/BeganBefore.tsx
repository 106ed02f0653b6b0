import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { serverNow } from '../api/clock.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { dayOf, type Period } from '../kit/period.ts'
import { count } from '../kit/text.ts'
import { date } from '../kit/time.ts'
import css from './ledger.module.css'

const Inside = graphql(`
  fragment Inside on ImpersonationSessionConnection @_unmask {
    nodes {
      id
      startedAt
    }
    pageInfo {
      hasNextPage
    }
  }
`)

const InsideAt = graphql(
  `
    query InsideAt($slug: String!, $one: Boolean!, $at: DateTime!) {
      tenant(slug: $slug) @include(if: $one) {
        id
        sessions(first: 50, filter: { insideSince: $at, startedUntil: $at }) {
          ...Inside
        }
      }
      impersonationSessions(first: 50, filter: { insideSince: $at, startedUntil: $at }) @skip(if: $one) {
        ...Inside
      }
    }
  `,
  [Inside],
)

interface Props {
  /** A tenant's slug; of all tenants unless given. */
  slug: string | undefined
  since: string | undefined
  until: string | undefined
  take: (period: Period) => void
}

/** Who was inside already when a period begins, or still when it ends: the entry with their reason, or end, is beyond it. */
export function BeganBefore({ slug, since, until, take }: Props): ReactNode {
  const before = useInside(slug, since)
  // What has not come yet is not missing.
  const after = useInside(slug, until && Date.parse(until) <= serverNow() ? until : undefined)
  const first = before?.nodes.at(-1)?.startedAt
  if (!first && !after?.nodes.length) return null
  return (
    <div className={css['note']} role="status">
      {before && first ? (
        <p>
          {many(before)} began before this period: the start, with its reason, is not in it.{' '}
          <Button
            onClick={() => take({ from: dayOf(Date.parse(first)), to: until && dayOf(Date.parse(until) - 1) })}
            size="compact-sm"
            variant="default"
          >
            Begin on {date(first)}
          </Button>
        </p>
      ) : null}
      {after?.nodes.length ? <p>{many(after)} went on after this period: the end is not in it.</p> : null}
    </div>
  )
}

function useInside(slug: string | undefined, at: string | undefined) {
  const variables = { slug: slug ?? '', one: slug !== undefined, at: at ?? '' }
  const [{ data }] = useQuery({ query: InsideAt, variables, pause: at === undefined })
  return at === undefined ? undefined : (data?.tenant?.sessions ?? data?.impersonationSessions)
}

const many = ({ nodes, pageInfo }: ResultOf<typeof Inside>): string =>
  `${pageInfo.hasNextPage ? 'More than ' : ''}${count(nodes.length, 'session')}`
