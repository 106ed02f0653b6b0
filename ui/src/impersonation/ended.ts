import { SessionFields, type Session } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useBeside } from '../kit/away.ts'
import { causeSign } from '../kit/words.ts'

const HowItEnded = graphql(
  `
    query HowItEnded($id: ID!) {
      impersonationSession(id: $id) {
        ...SessionFields
      }
    }
  `,
  [SessionFields],
)

/** A session as it is now; undefined until that is known, or while it still runs. */
export function useEnded(id: string): Session | undefined {
  const data = useBeside({ query: HowItEnded, variables: { id } })
  const session = data?.impersonationSession
  return session?.endedAt && session.endCause ? session : undefined
}

/** How a session ended, and by whom unless that was nobody. */
export function howEnded({ endCause, endedBy }: Session): string {
  const cause = endCause ? causeSign(endCause).word.toLowerCase() : ''
  return endedBy && endedBy.kind !== 'SYSTEM' ? `${cause} by ${endedBy.name}` : cause
}
