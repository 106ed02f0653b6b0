import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { Icon } from '../kit/icons.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import { useShortcuts } from '../kit/shortcut.ts'
import { count } from '../kit/text.ts'
import { say } from '../kit/toast.ts'
import css from './list.module.css'
import { csv, download, fileName, type Selection } from './selection.ts'
import type { Act } from './selectionNow.ts'
import { MOST } from './selectionRun.ts'

const SelectionDialog = lateDialog(() => import('./SelectionDialog.tsx'))

/** What can be done with several tenants at once; entering them is not among it. */
export function SelectionBar({ of: selection }: { of: Selection }): ReactNode {
  const { rows, clear } = selection
  const { may } = useViewer()
  const [act, setAct] = useState<Act>()
  useShortcuts(rows.length > 0 ? { Escape: clear } : {})
  const many = rows.length > MOST
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
      {may('TENANT_SUSPEND') ? (
        <>
          <Button color="red" disabled={many} onClick={() => setAct('suspend')} size="xs" variant="outline">
            Suspend…
          </Button>
          <Button disabled={many} onClick={() => setAct('lift')} size="xs" variant="default">
            Lift suspension…
          </Button>
        </>
      ) : null}
      <Button onClick={clear} size="xs" variant="subtle">
        Clear
      </Button>
      {many && may('TENANT_SUSPEND') ? (
        <p className="small">
          At most {MOST} are suspended or lifted at once: take {count(rows.length - MOST, 'tenant')} out.
        </p>
      ) : null}
      <p className="muted small">
        A tenant is entered one at a time, each with its own reason. Work on what is inside many belongs into a script, through
        the <a href="/graphql">API</a>.
      </p>
      {act ? <SelectionDialog act={act} close={() => setAct(undefined)} rows={rows} /> : null}
    </section>
  )
}
