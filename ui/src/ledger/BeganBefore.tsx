import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'

import { graphql } from '../api/graphql.ts'
import { dayOf } from '../kit/period.ts'
import { count } from '../kit/text.ts'
import { date } from '../kit/time.ts'

const InsideAlready = graphql(`
  query InsideAlready($slug: String!, $since: DateTime!) {
    tenant(slug: $slug) {
      id
      sessions(first: 50, filter: { insideSince: $since, startedUntil: $since }) {
        nodes {
          id
          startedAt
        }
      }
    }
  }
`)

/** Who was inside already when a period begins: the entry with their reason is of a day before, and can be taken in. */
export function BeganBefore(props: { slug: string; since: string; take: (day: string) => void }): ReactNode {
  const { slug, since, take } = props
  const [{ data }] = useQuery({ query: InsideAlready, variables: { slug, since } })
  const sessions = data?.tenant?.sessions.nodes ?? []
  const first = sessions.at(-1)?.startedAt
  if (!first) return null
  return (
    <p role="status">
      {count(sessions.length, 'session')} began before that and ended later: the start, with its reason, is not
      contained.{' '}
      <Button onClick={() => take(dayOf(Date.parse(first)))} size="compact-sm" variant="default">
        Begin on {date(first)}
      </Button>
    </p>
  )
}
