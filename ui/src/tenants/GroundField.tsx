import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'

import type { VariablesOf } from '../api/graphql.ts'
import { Icon } from '../kit/icons.tsx'
import type { Suspend } from './changes.ts'

export type Ground = NonNullable<VariablesOf<typeof Suspend>['input']['ground']>
export const GROUNDS: Record<Ground, string> = {
  UNPAID: 'Unpaid invoices',
  CHARGEBACK_ABUSE: 'Chargeback abuse',
  ILLEGAL_USE: 'Illegal use',
  SECURITY: 'Security',
  OTHER: 'Other',
}

interface Props {
  value: Ground
  onChange: (ground: Ground) => void
  error: string | undefined
  disabled?: boolean
}

/** What a suspension is for. */
export function GroundField({ value, onChange, error, disabled = false }: Props): ReactNode {
  return (
    <NativeSelect
      data={Object.entries(GROUNDS).map(([ground, label]) => ({ value: ground, label }))}
      disabled={disabled}
      error={error}
      label="Ground"
      onChange={(event) => onChange(event.currentTarget.value as Ground)}
      rightSection={<Icon name="down" size={14} />}
      value={value}
    />
  )
}
