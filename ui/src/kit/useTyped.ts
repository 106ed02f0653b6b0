import { useEffect, useEffectEvent, useState } from 'react'

/** How long typing pauses before it counts as said. */
const PAUSE = 200

/**
 * The text of a field that is told on while one types, after a short pause; and that follows `value` when that changes
 * for another reason than what was told (going back, a reset).
 */
export function useTyped(value: string, tell: (value: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(value)
  const [told, setTold] = useState(value)
  if (value !== told) {
    setTold(value)
    setText(value)
  }
  const say = useEffectEvent(() => {
    setTold(text)
    tell(text)
  })
  useEffect(() => {
    if (text === told) return undefined
    const timer = setTimeout(() => say(), PAUSE)
    return () => clearTimeout(timer)
  }, [text, told])
  return [text, setText]
}
