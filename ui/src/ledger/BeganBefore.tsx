import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { serverNow } from '../api/clock.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { useRetryWhenBack } from '../kit/away.ts'
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
  const first = before.known?.nodes.at(-1)?.startedAt
  const failed = [before, after].filter(({ error }) => error)
  if (!first && !after.known?.nodes.length && failed.length === 0) return null
  return (
    <div className={css['note']} role="status">
      {failed.length > 0 ? (
        <p>
          Whether a session began before this period, or went on after it, is not known.{' '}
          <Button
            onClick={() => {
              for (const { retry } of failed) retry()
            }}
            size="compact-sm"
            variant="default"
          >
            Ask again
          </Button>
        </p>
      ) : null}
      {before.known && first ? (
        <p>
          {many(before.known)} began before this period: the start, with its reason, is not in it.{' '}
          <Button
            onClick={() => take({ from: dayOf(Date.parse(first)), to: until && dayOf(Date.parse(until) - 1) })}
            size="compact-sm"
            variant="default"
          >
            Begin on {date(first)}
          </Button>
        </p>
      ) : null}
      {after.known?.nodes.length ? <p>{many(after.known)} went on after this period: the end is not in it.</p> : null}
    </div>
  )
}

function useInside(slug: string | undefined, at: string | undefined) {
  const variables = { slug: slug ?? '', one: slug !== undefined, at: at ?? '' }
  const [{ data, error }, retry] = useQuery({ query: InsideAt, variables, pause: at === undefined })
  const known = data?.tenant?.sessions ?? data?.impersonationSessions
  const failed = at === undefined || known ? undefined : error
  useRetryWhenBack(failed, retry)
  return { known: at === undefined ? undefined : known, error: failed, retry }
}

const many = ({ nodes, pageInfo }: ResultOf<typeof Inside>): string =>
  `${pageInfo.hasNextPage ? 'More than ' : ''}${count(nodes.length, 'session')}`
