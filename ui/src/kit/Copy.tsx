import { useEffect, useState, type ReactNode } from 'react'

import { Icon } from './icons.tsx'
import css from './kit.module.css'

/** Copies a text, and says that it did where one looks and where one listens. */
export function Copy({ text, what, word }: { text: string; what: string; word?: string }): ReactNode {
  const [done, setDone] = useState<'copied' | 'failed'>()
  useEffect(() => {
    if (done === undefined) return undefined
    const timer = setTimeout(() => setDone(undefined), 2_000)
    return () => clearTimeout(timer)
  }, [done])
  const said = done === 'failed' ? 'Not copied: select it by hand' : done && 'Copied'
  return (
    <button
      aria-label={(said ?? word) ? undefined : `Copy ${what}`}
      className={css['copy']}
      onClick={(event) => {
        event.stopPropagation()
        navigator.clipboard.writeText(text).then(
          () => setDone('copied'),
          () => setDone('failed'),
        )
      }}
      title={`Copy ${what}`}
      type="button"
    >
      <Icon name={done === 'copied' ? 'check' : 'copy'} size={14} />
      <span aria-live="polite">{said ?? word}</span>
    </button>
  )
}

/** An id with the means to copy it. */
export function Id({ of, what = 'id' }: { of: string; what?: string }): ReactNode {
  return (
    <span className={css['id']}>
      <span className="mono small">{of}</span>
      <Copy text={of} what={what} />
    </span>
  )
}
