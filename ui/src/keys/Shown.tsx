import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { Copy } from '../kit/Copy.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { stack } from '../kit/Form.tsx'
import css from './keys.module.css'

/** The secret, for the only time. A stray click or key does not close it: one says that one has it. */
export function Shown({ name, secret, close }: { name: string; secret: string; close: () => void }): ReactNode {
  const [stored, setStored] = useState(false)
  return (
    <Dialog close={close} locked={!stored} title={`The key of ${name}`} width={620}>
      <div className={stack}>
        <p>Copy it to where the service reads it. It is stored nowhere here and is never shown again.</p>
        <code className={`${css['secret']} mono`}>{secret}</code>
        <p>
          <Copy text={secret} what="the key" word="Copy the key" />
        </p>
        <label className={css['choice']}>
          <input checked={stored} onChange={() => setStored(!stored)} type="checkbox" />I have stored it
        </label>
        <Button disabled={!stored} onClick={close}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}
