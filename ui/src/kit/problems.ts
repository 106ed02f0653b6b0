import type { CombinedError } from '@urql/core'

import type { Refused } from '../api/fragments.ts'

/** What stands in the way of a form: at its fields, and in general. */
export interface Problems {
  fields: Readonly<Record<string, string>>
  general: readonly string[]
}

export const NONE: Problems = { fields: {}, general: [] }

/** A refusal's problems, each at the field that it names where the form has that field. */
export function fromRefusal(refused: Refused, fields: readonly string[]): Problems {
  const at: Record<string, string> = {}
  const general: string[] = []
  for (const { field, message } of refused.problems) {
    if (field !== null && fields.includes(field) && !(field in at)) at[field] = message
    else general.push(message)
  }
  if (refused.problems.length === 0) general.push(refused.message)
  return { fields: at, general }
}

/** A failure of the request itself; nothing happened, or the repeat with the same key tells what did. */
export function fromError(error: CombinedError): Problems {
  const first = error.graphQLErrors[0]
  const id = first?.extensions['errorId']
  const message = first?.message ?? 'The server cannot be reached. Try again: nothing is done twice.'
  return { fields: {}, general: [typeof id === 'string' ? `${message} Error ${id}` : message] }
}
