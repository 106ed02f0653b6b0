import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import css from './ledger.module.css'

/** Filters, folded where they would push the entries out of sight; it says how many are set, so that none is forgotten. */
export function Folding({ set, children }: { set: number; children: ReactNode }): ReactNode {
  const [open, setOpen] = useState(false)
  return (
    <div className={css['folding']} data-open={open || undefined}>
      <Button
        aria-expanded={open}
        className={css['fold'] ?? ''}
        leftSection={<Icon name={open ? 'down' : 'chevron'} size={12} />}
        onClick={() => setOpen(!open)}
        size="compact-sm"
        variant="default"
      >
        Filters{set > 0 ? ` (${set} set)` : ''}
      </Button>
      {children}
    </div>
  )
}
