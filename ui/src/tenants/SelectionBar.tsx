import { Button } from '@mantine/core'
import { CombinedError } from '@urql/core'
import { useState, type ReactNode } from 'react'
import { useClient } from 'urql'

import { useViewer } from '../frame/viewer.tsx'
import { heightAs } from '../kit/heightAs.ts'
import { BusyButton } from '../kit/BusyButton.tsx'
import { Icon } from '../kit/icons.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import { fromError } from '../kit/problems.ts'
import { useShortcuts } from '../kit/shortcut.ts'
import { count } from '../kit/text.ts'
import { say } from '../kit/toast.ts'
import css from './list.module.css'
import type { Picked, Selection } from './selection.ts'
import { csv, download, fileName, read } from './selectionFile.ts'
import type { Act } from './selectionNow.ts'
import { MOST } from './selectionRun.ts'

const SelectionDialog = lateDialog(() => import('./SelectionDialog.tsx'))

const measured = heightAs('--foot-height')

/** What can be done with several tenants at once; entering them is not among it. */
export function SelectionBar({ of: selection }: { of: Selection }): ReactNode {
  const { picked, clear } = selection
  const { may } = useViewer()
  const [act, setAct] = useState<Act>()
  useShortcuts(picked.length > 0 ? { Escape: clear } : {})
  const many = picked.length > MOST
  return (
    <section aria-label="Selection" className={css['selection']} hidden={picked.length === 0} ref={measured}>
      <p aria-live="polite">
        <strong>{count(picked.length, 'tenant')}</strong> selected
      </p>
      {picked.length > 0 ? <Export picked={picked} /> : null}
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
          At most {MOST} are suspended or lifted at once: take {count(picked.length - MOST, 'tenant')} out.
        </p>
      ) : null}
      <p className="muted small">
        A tenant is entered one at a time, each with its own reason. Work on what is inside many belongs into a script, through
        the <a href="/graphql">API</a>.
      </p>
      {act ? <SelectionDialog act={act} close={() => setAct(undefined)} picked={picked} /> : null}
    </section>
  )
}

function Export({ picked }: { picked: readonly Picked[] }): ReactNode {
  const client = useClient()
  const [reading, setReading] = useState(false)
  const [problem, setProblem] = useState<string>()

  async function save(): Promise<void> {
    setReading(true)
    const rows = await read(client, picked)
    setReading(false)
    const failed = rows instanceof CombinedError
    setProblem(failed ? fromError(rows).general[0] : undefined)
    if (failed) return
    download(csv(rows), fileName(Date.now()))
    say(`${count(rows.length, 'tenant')} written to a CSV file`)
  }

  return (
    <>
      <BusyButton
        busy={reading}
        leftSection={<Icon name="download" />}
        onClick={() => void save()}
        size="xs"
        variant="default"
      >
        Export as CSV
      </BusyButton>
      {problem ? (
        <p className="small" role="alert">
          No file was written. {problem}
        </p>
      ) : null}
    </>
  )
}
