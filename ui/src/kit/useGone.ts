import { useEffect, useRef } from 'react'

/** Whether the component is no longer there: an answer that comes late must not act on what one does since. */
export function useGone(): () => boolean {
  const gone = useRef(false)
  useEffect(() => {
    gone.current = false
    return () => {
      gone.current = true
    }
  }, [])
  return () => gone.current
}
