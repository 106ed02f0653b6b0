import { Radio } from '@mantine/core'
import type { ReactNode } from 'react'

import { modeWord } from '../kit/words.ts'
import type { TenantDetail } from '../tenants/TenantPage.tsx'
import css from './dialog.module.css'

export type Mode = 'READ_ONLY' | 'READ_WRITE'
const MODES: Mode[] = ['READ_ONLY', 'READ_WRITE']

interface Props {
  tenant: TenantDetail
  value: Mode
  onChange: (mode: Mode) => void
  error: string | undefined
}

/** Looking comes first; changing things says what it means. */
export function ModeCards({ tenant, value, onChange, error }: Props): ReactNode {
  return (
    <Radio.Group error={error} label="Mode" onChange={(mode) => onChange(mode as Mode)} value={value}>
      <div className={css['modes']}>
        {MODES.map((mode) => {
          const allowed = tenant.impersonability.modes.includes(mode)
          return (
            <Radio.Card
              aria-label={modeWord(mode)}
              className={css['mode'] ?? ''}
              data-disabled={!allowed || undefined}
              disabled={!allowed}
              key={mode}
              value={mode}
            >
              <Radio.Indicator disabled={!allowed} />
              <div>
                <strong>{modeWord(mode)}</strong>
                <span className="muted small">{allowed ? MEANS[mode](tenant) : whyNot(mode, tenant)}</span>
              </div>
            </Radio.Card>
          )
        })}
      </div>
    </Radio.Group>
  )
}

const MEANS: Record<Mode, (tenant: TenantDetail) => string> = {
  READ_ONLY: () => 'You see what its admin sees and can change nothing.',
  READ_WRITE: (tenant) =>
    tenant.status === 'READ_ONLY'
      ? `${tenant.name} is read only now, so you can change nothing either.`
      : 'What you change is real, counts as yours, and is recorded.',
}

const whyNot = (mode: Mode, tenant: TenantDetail): string =>
  tenant.policy.modes.includes(mode)
    ? 'Your role does not allow it.'
    : `The policy of ${tenant.name} does not allow it.`
