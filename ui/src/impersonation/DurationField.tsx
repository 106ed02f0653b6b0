import { Chip, Input, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { lasting } from '../kit/time.ts'
import type { Policy } from '../tenants/policy.ts'
import css from './dialog.module.css'
import { choices } from './start.ts'

interface Props {
  policy: Policy
  /** Seconds; null where the field holds no number. */
  value: number | null
  onChange: (seconds: number | null) => void
  error: string | undefined
}

/** Chips for the usual durations, and a field for every other within the policy. */
export function DurationField({ policy, value, onChange, error }: Props): ReactNode {
  // What was typed stays as it was typed, also where it is no number: one sees what the error speaks of.
  const [text, setText] = useState(written(value))
  if (!policy.durationSelectable) {
    return (
      <Input.Wrapper error={error} label="Duration" labelElement="div">
        <p>{lasting(policy.defaultDurationSeconds)}, fixed by the policy.</p>
      </Input.Wrapper>
    )
  }

  function choose(seconds: number): void {
    setText(written(seconds))
    onChange(seconds)
  }

  return (
    <Input.Wrapper
      aria-label="Duration"
      description={`At most ${lasting(policy.maxDurationSeconds)}.`}
      label="Duration"
      labelElement="div"
      role="group"
    >
      <div className={css['chips']}>
        <Chip.Group onChange={(seconds) => choose(Number(seconds))} value={String(value)}>
          {choices(policy).map((seconds) => (
            <Chip key={seconds} size="xs" value={String(seconds)} variant="outline">
              {lasting(seconds)}
            </Chip>
          ))}
        </Chip.Group>
        {policy.maxDurationSeconds >= 60 ? (
          <TextInput
            aria-label="Duration in minutes"
            classNames={{ wrapper: css['minutes'] ?? '' }}
            error={error}
            inputMode="numeric"
            onChange={(event) => {
              setText(event.currentTarget.value)
              onChange(secondsOf(event.currentTarget.value))
            }}
            rightSection={<span className="muted small">min</span>}
            size="xs"
            value={text}
          />
        ) : error ? (
          <Input.Error>{error}</Input.Error>
        ) : null}
      </div>
    </Input.Wrapper>
  )
}

const written = (seconds: number | null): string =>
  seconds === null ? '' : String(Math.round((seconds / 60) * 100) / 100)

/** What is no number is null; one that cannot be stays as it is, and is told what is wrong with it. */
const secondsOf = (text: string): number | null =>
  /^-?\d+([.,]\d+)?$/.test(text.trim()) ? Math.round(Number(text.replace(',', '.')) * 60) : null
