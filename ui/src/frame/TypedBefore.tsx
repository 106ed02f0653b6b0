import type { ReactNode } from 'react'

import { forgetTyped, useTypedBefore } from '../api/typed.ts'
import { Copy } from '../kit/Copy.tsx'
import { Icon } from '../kit/icons.tsx'
import css from './frame.module.css'

/** What one was typing when the sign-in ended, until one says that one has it. */
export function TypedBefore(): ReactNode {
  const typed = useTypedBefore()
  if (!typed) return null
  return (
    <section aria-label="What you had typed" className={css['notice']}>
      <Icon name="warning" />
      <div>
        <p>Your access ended while you typed. “{typed.form}” held:</p>
        {typed.fields.map(([label, text]) => (
          <p key={label}>
            {label}: <strong>{text}</strong> <Copy text={text} what={label.toLowerCase()} />
          </p>
        ))}
      </div>
      <button onClick={forgetTyped} type="button">
        Dismiss
      </button>
    </section>
  )
}
