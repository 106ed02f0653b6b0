import { TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useClient } from 'urql'

import type { Permission } from '../frame/viewer.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { IssueKey, TenantBySlug } from './keys.ts'
import { PermissionChoices } from './PermissionChoices.tsx'
import { Shown } from './Shown.tsx'

/** Two steps: what the key is for; then its secret, once. */
export default function IssueDialog({ close }: { close: () => void }): ReactNode {
  const client = useClient()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState('')
  const [permissions, setPermissions] = useState<readonly Permission[]>([])
  const [problems, setProblems] = useState(NONE)
  const [busy, setBusy] = useState(false)
  const [secret, setSecret] = useState<string>()
  const keys = useIdempotency()

  async function ask(): Promise<void> {
    const bound = slug.trim()
    const found = bound ? await client.query(TenantBySlug, { slug: bound }).toPromise() : undefined
    if (bound && !found?.data?.tenant) {
      setProblems(found?.error ? fromError(found.error) : { fields: { tenantId: 'No tenant has this slug.' }, general: [] })
      return
    }
    const input = { name, permissions: [...permissions], tenantId: found?.data?.tenant?.id ?? null }
    const request = { input: { ...input, idempotencyKey: keys.for(input) } }
    const { data, error } = await client.mutation(IssueKey, request)
    const answer = data?.issueServiceKey
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') setProblems(fromRefusal(answer, ['name', 'permissions', 'tenantId']))
    else setSecret(answer.secret)
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    await ask()
    setBusy(false)
  }

  if (secret !== undefined) return <Shown close={close} name={name} secret={secret} />
  return (
    <Dialog close={close} title="Issue a key" width={620}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        <GeneralProblems of={problems.general} />
        <TextInput
          data-autofocus
          description="Shown wherever it acts, in ledgers too."
          error={problems.fields['name']}
          label="What it is for"
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          value={name}
        />
        <TextInput
          description="The slug of the one tenant that it sees; every tenant if left empty."
          error={problems.fields['tenantId']}
          label="Bound to"
          onChange={(event) => setSlug(event.currentTarget.value)}
          placeholder="Every tenant"
          value={slug}
        />
        <PermissionChoices error={problems.fields['permissions']} onChange={setPermissions} value={permissions} />
        <DialogFoot busy={busy} cancel={close} submit="Issue the key" />
      </form>
    </Dialog>
  )
}

