import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { CombinedError } from 'urql'

import { Dialog } from '../kit/Dialog.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'

interface Props {
  title: string
  close: () => void
  /** Why it cannot be done to the tenant: what is so, and why that hinders it. Without it, the tenant is not there yet. */
  hindered: readonly [what: string, why: string] | undefined
  error: CombinedError | undefined
  retry: () => void
  answered: boolean
}

/** What stands where a dialog about a tenant whose page is not open would: until it is there, or where it cannot be. */
export function Instead({ title, close, hindered, error, retry, answered }: Props): ReactNode {
  return (
    <Dialog close={close} title={title}>
      {hindered ? (
        <Empty action={<Button onClick={close}>Close</Button>} title={hindered[0]}>
          {hindered[1]}
        </Empty>
      ) : error ? (
        <Failed error={error} retry={retry} />
      ) : answered ? (
        <Empty title="There is no such tenant">It may have been renamed.</Empty>
      ) : (
        <Loading rows={4} what="the tenant" />
      )}
    </Dialog>
  )
}
