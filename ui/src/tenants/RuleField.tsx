import { NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { MODES, type Rule } from './rules.ts'

interface Props {
  rule: Rule
  value: string
  onChange: (value: string) => void
  description: string
  error: string | undefined
}

/** The field of one rule, as its kind wants it. */
export function RuleField({ rule, value, onChange, description, error }: Props): ReactNode {
  const shared = { description, error, label: rule.label, value }
  const options = optionsOf(rule)
  if (options) {
    return (
      <NativeSelect
        {...shared}
        data={Object.entries(options).map(([name, label]) => ({ label, value: name }))}
        onChange={(event) => onChange(event.currentTarget.value)}
        rightSection={<Icon name="down" size={14} />}
      />
    )
  }
  const figure = rule.kind === 'minutes' || rule.kind === 'number'
  return (
    <TextInput
      {...shared}
      inputMode={figure ? 'decimal' : 'text'}
      onChange={(event) => onChange(event.currentTarget.value)}
      placeholder={rule.none ?? ''}
      rightSection={figure ? <span className="muted small">{rule.kind === 'minutes' ? 'min' : 'chars'}</span> : null}
      rightSectionWidth={figure ? 48 : 0}
    />
  )
}

function optionsOf(rule: Rule): Record<string, string> | null {
  if (rule.kind === 'choice') return rule.options
  if (rule.kind === 'yes-no') return { true: rule.yes, false: rule.no }
  return rule.kind === 'modes' ? MODES : null
}
