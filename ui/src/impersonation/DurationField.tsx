import { Chip, Input, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { lasting } from '../kit/time.ts'
import type { Policy } from '../tenants/policy.ts'
import css from './dialog.module.css'
import { choices } from './start.ts'

interface Props {
  policy: Policy
  /** Seconds; nothing where the field holds no number. */
  value: number | null
  onChange: (seconds: number | null) => void
  error: string | undefined
}

/** Chips for the usual durations, and a field for every other within the policy. */
export function DurationField({ policy, value, onChange, error }: Props): ReactNode {
  if (!policy.durationSelectable) {
    return (
      <Input.Wrapper error={error} label="Duration" labelElement="div">
        <p>{lasting(policy.defaultDurationSeconds)}, fixed by the policy.</p>
      </Input.Wrapper>
    )
  }
  return (
    <Input.Wrapper
      aria-label="Duration"
      description={`At most ${lasting(policy.maxDurationSeconds)}.`}
      error={error}
      label="Duration"
      labelElement="div"
      role="group"
    >
      <div className={css['chips']}>
        <Chip.Group onChange={(seconds) => onChange(Number(seconds))} value={String(value)}>
          {choices(policy).map((seconds) => (
            <Chip key={seconds} size="xs" value={String(seconds)} variant="outline">
              {lasting(seconds)}
            </Chip>
          ))}
        </Chip.Group>
        {policy.maxDurationSeconds >= 60 ? (
          <TextInput
            aria-label="Duration in minutes"
            className={css['minutes'] ?? ''}
            error={error !== undefined}
            inputMode="numeric"
            onChange={(event) => onChange(minutes(event.currentTarget.value))}
            rightSection={<span className="muted small">min</span>}
            size="xs"
            value={value === null ? '' : String(Math.round((value / 60) * 100) / 100)}
          />
        ) : null}
      </div>
    </Input.Wrapper>
  )
}

const minutes = (text: string): number | null => (/^\d{1,4}$/.test(text.trim()) ? Number(text) * 60 : null)
