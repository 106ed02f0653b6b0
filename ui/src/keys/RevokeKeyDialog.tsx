import type { ReactNode } from 'react'
import { useMutation } from 'urql'

import { ReasonDialog } from '../kit/ReasonDialog.tsx'
import { RevokeKey, type Key } from './keys.ts'

export default function RevokeKeyDialog({ of, close }: { of: Key; close: () => void }): ReactNode {
  const [, revoke] = useMutation(RevokeKey)
  return (
    <ReasonDialog
      ask={async ({ reason, key }) => {
        const input = { id: of.id, reason }
        const { data, error } = await revoke({ input: { ...input, idempotencyKey: key(input) } })
        return { error, refused: data?.revokeServiceKey?.__typename === 'Refused' ? data.revokeServiceKey : null }
      }}
      close={close}
      color="red"
      consequence={
        <p>
          Whatever uses <code className="mono">{of.prefix}…</code> is refused from now on, and its connections close
          within two seconds. It cannot be undone: a new key is another one.
        </p>
      }
      done={`${of.name} is revoked`}
      submit={`Revoke ${of.name}`}
      title={`Revoke ${of.name}`}
    />
  )
}
