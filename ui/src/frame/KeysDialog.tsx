import { Kbd } from '@mantine/core'
import type { ReactNode } from 'react'

import { Dialog } from '../kit/Dialog.tsx'
import { Fact, Facts } from '../kit/Facts.tsx'
import { MOD, setSingleKeys, useSingleKeys } from '../kit/shortcut.ts'
import css from './frame.module.css'

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [[MOD, 'K'], 'Search, go anywhere, do anything'],
  [['?'], 'This list'],
  [['/'], 'To the search of the page'],
  [['j'], 'To the next row, as the arrow does'],
  [['k'], 'To the row before'],
  [['Enter'], 'Open the row'],
  [['x'], 'Select the row'],
  [['i'], 'Impersonate the tenant of the row'],
  [['Esc'], 'Close what is open, let go of what is selected'],
]

export default function KeysDialog({ close }: { close: () => void }): ReactNode {
  const single = useSingleKeys()
  return (
    <Dialog close={close} title="Keyboard" width={440}>
      <Facts>
        {KEYS.map(([keys, what]) => (
          <Fact
            key={what}
            term={keys.map((key) => (
              <Kbd key={key} mr={4} size="xs">
                {key}
              </Kbd>
            ))}
          >
            {what}
          </Fact>
        ))}
      </Facts>
      <label className={css['switch']}>
        <input checked={single} onChange={(event) => setSingleKeys(event.currentTarget.checked)} type="checkbox" />
        <span>
          Single-key shortcuts
          <span className="muted small">Letters and signs alone. Off, they do nothing anywhere; all others stay.</span>
        </span>
      </label>
    </Dialog>
  )
}
