import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { useShortcuts } from '../kit/shortcut.ts'
import { count } from '../kit/text.ts'
import { say } from '../kit/toast.ts'
import css from './list.module.css'
import { csv, download, fileName, type Selection } from './selection.ts'

/** What can be done with several tenants at once; entering them is not among it. */
export function SelectionBar({ of: selection }: { of: Selection }): ReactNode {
  const { rows, clear } = selection
  useShortcuts(rows.length > 0 ? { Escape: clear } : {})
  const save = () => {
    download(csv(rows), fileName(Date.now()))
    say(`${count(rows.length, 'tenant')} written to a CSV file`)
  }
  return (
    <section aria-label="Selection" className={css['selection']} hidden={rows.length === 0}>
      <p aria-live="polite">
        <strong>{count(rows.length, 'tenant')}</strong> selected
      </p>
      <Button leftSection={<Icon name="download" />} onClick={save} size="xs" variant="default">
        Export as CSV
      </Button>
      <Button onClick={clear} size="xs" variant="subtle">
        Clear
      </Button>
      <p className="muted small">
        A tenant is entered one at a time, each with its own reason. Changes to many belong into a script, through the{' '}
        <a href="/graphql">API</a>.
      </p>
    </section>
  )
}
