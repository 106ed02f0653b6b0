import { useState } from 'react'

/**
 * Paging by cursor. The cache joins the pages of a connection, so the last cursor asked for is all there is to keep; it
 * belongs to one list, and is forgotten when `list` names another.
 */
export function useMore(list: string): { after: string | null; more: (cursor: string | null) => void } {
  const [state, setState] = useState<{ list: string; after: string | null }>({ list, after: null })
  return {
    after: state.list === list ? state.after : null,
    more: (after) => setState({ list, after }),
  }
}
