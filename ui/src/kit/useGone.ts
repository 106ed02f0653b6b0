import { useEffect, useRef } from 'react'

/**
 * Whether the component is no longer there. A dialog that was left while its answer was awaited must not act when that
 * comes: not lead away from what one does now, and not close what another one opened.
 */
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
