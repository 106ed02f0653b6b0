import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { useToasts } from '../kit/toast.ts'
import css from './frame.module.css'

/** What was done a moment ago, for eyes and ears. */
export function Toasts(): ReactNode {
  const toasts = useToasts()
  return (
    <div aria-live="polite" className={css['toasts']} role="status">
      {toasts.map(({ id, text }) => (
        <p className={css['toast']} key={id}>
          <Icon name="check" />
          {text}
        </p>
      ))}
    </div>
  )
}
