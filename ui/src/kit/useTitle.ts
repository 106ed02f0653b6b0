import { useEffect } from 'react'

/** What the browser's tab is called. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = `${title} · Actas`
  }, [title])
}
