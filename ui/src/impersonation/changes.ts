import { useState } from 'react'
import { useMutation } from 'urql'

import { RefusedFields, SessionFields, type Session } from '../api/fragments.ts'
import { graphql } from '../api/graphql.ts'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError } from '../kit/problems.ts'

const SessionOutcome = graphql(
  `
    fragment SessionOutcome on SessionResult {
      __typename
      ... on SessionChanged {
        session {
          ...SessionFields
        }
      }
      ... on Refused {
        ...RefusedFields
      }
    }
  `,
  [SessionFields, RefusedFields],
)

export const ChangeMode = graphql(
  `
    mutation ChangeMode($input: ChangeImpersonationModeInput!) {
      outcome: changeImpersonationMode(input: $input) {
        ...SessionOutcome
      }
    }
  `,
  [SessionOutcome],
)

export const Revoke = graphql(
  `
    mutation Revoke($input: RevokeImpersonationInput!) {
      outcome: revokeImpersonation(input: $input) {
        ...SessionOutcome
      }
    }
  `,
  [SessionOutcome],
)

const Stop = graphql(
  `
    mutation Stop($input: EndImpersonationInput!) {
      outcome: endImpersonation(input: $input) {
        ...SessionOutcome
      }
    }
  `,
  [SessionOutcome],
)

/** The way out of one's own session; `problem` says why one is still inside. */
export function useStop(session: Session) {
  const [{ fetching }, act] = useMutation(Stop)
  const [problem, setProblem] = useState<string>()
  const keys = useIdempotency()

  async function stop(): Promise<void> {
    const input = { sessionId: session.id }
    const { data, error } = await act({ input: { ...input, idempotencyKey: keys.for(input) } })
    if (!error) keys.answered()
    const refused = data?.outcome?.__typename === 'Refused' ? data.outcome.message : undefined
    setProblem(error ? fromError(error).general[0] : refused)
  }

  return { stop: () => void stop(), busy: fetching, problem }
}
