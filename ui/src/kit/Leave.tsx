import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

import { focus } from './focus.ts'
import css from './kit.module.css'

/** What would be left: words, words that were sent before, or an answer that may never come. */
const QUESTIONS = {
  typed: ['Discard what you typed? Nothing of it was sent.', 'Discard', 'Keep typing'],
  sent: ['Discard what you typed?', 'Discard', 'Keep typing'],
  answer: [
    'No answer came: whether it was done is not known. See whether it was before you do it again.',
    'Leave',
    'Wait for the answer',
  ],
} as const

interface Props {
  what: keyof typeof QUESTIONS
  leave: () => void
  keep: () => void
}

/** The question that stands in place of a form meanwhile; Escape answers it as the safer button does. */
export function Leave({ what, leave, keep }: Props): ReactNode {
  const [question, leaveWord, keepWord] = QUESTIONS[what]
  return (
    <div className={css['stack']}>
      <p role="alert">{question}</p>
      <div className={css['dialogFoot']}>
        <Button onClick={leave} variant="default">
          {leaveWord}
        </Button>
        <Button onClick={keep} ref={focus}>
          {keepWord}
        </Button>
      </div>
    </div>
  )
}
