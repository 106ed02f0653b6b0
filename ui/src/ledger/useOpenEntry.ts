import { useNavigate, useRouter, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The page before it in the browser's history is the list that the entry was opened from. */
    entryOpened?: boolean
  }
}

/**
 * Opening an entry is a step of its own, so that the browser's Back closes it. Closing takes that step back; one that a
 * link led to has none, and its address alone changes.
 */
export function useOpenEntry(entry: string | undefined): { open: (entry: string) => void; close: () => void } {
  const { history } = useRouter()
  const opened = useRouterState({ select: ({ location }) => location.state.entryOpened ?? false })
  const navigate = useNavigate()
  // A second Escape may come before the first has led back, and would leave the page.
  const closing = useRef(false)
  useEffect(() => {
    if (entry === undefined) closing.current = false
  }, [entry])

  function go(next: string | undefined, step: boolean): void {
    void navigate({
      to: '.',
      search: (before) => ({ ...before, entry: next }),
      state: step ? { entryOpened: true } : {},
      replace: !step,
      resetScroll: false,
    })
  }

  function close(): void {
    if (closing.current) return
    closing.current = true
    if (opened) history.back()
    else go(undefined, false)
  }

  return { open: (next) => go(next, entry === undefined), close }
}
