import { TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useMutation, useQuery } from 'urql'

import { useViewer } from '../frame/viewer.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField, stack } from '../kit/Form.tsx'
import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { lasting } from '../kit/time.ts'
import type { TenantDetail } from '../tenants/TenantPage.tsx'
import { BannerPreview } from './BannerPreview.tsx'
import css from './dialog.module.css'
import { DurationField } from './DurationField.tsx'
import { ModeCards, type Mode } from './ModeCards.tsx'
import { FIELDS, RecentReasons, slips, Start } from './start.ts'

/** Everything that is asked before one enters, and what the tenant will see of it. */
export default function ImpersonateDialog({ tenant, close }: { tenant: TenantDetail; close: () => void }): ReactNode {
  const { policy, impersonability } = tenant
  const viewer = useViewer()
  const [{ fetching }, start] = useMutation(Start)
  const [reason, setReason] = useState('')
  const [ticket, setTicket] = useState('')
  const [seconds, setSeconds] = useState<number | null>(policy.defaultDurationSeconds)
  const [mode, setMode] = useState<Mode>(impersonability.modes.includes('READ_ONLY') ? 'READ_ONLY' : 'READ_WRITE')
  const [problems, setProblems] = useState(NONE)
  const [leaving, setLeaving] = useState(false)
  const keys = useIdempotency()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const slipped = slips({ reason, ticket, durationSeconds: seconds }, policy)
    if (Object.keys(slipped).length > 0) {
      setProblems({ fields: slipped, general: [] })
      return
    }
    const input = { tenantId: tenant.id, reason, ticket: ticket.trim() || null, durationSeconds: seconds, mode }
    const { data, error } = await start({ input: { ...input, idempotencyKey: keys.for(input) } })
    const answer = data?.startImpersonation
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') {
      setProblems(fromRefusal(answer, FIELDS))
    } else if (answer.__typename === 'ImpersonationStarted') {
      setLeaving(true)
      location.assign(answer.enterUrl)
    } else {
      close()
    }
  }

  return (
    <Dialog close={close} title={`Impersonate ${tenant.name}`} width={560}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        <GeneralProblems of={problems.general} />
        <BannerPreview mode={mode} reason={reason} seconds={seconds ?? 0} tenant={tenant} />
        <ReasonField
          description="The customer reads it."
          error={problems.fields['reason']}
          max={policy.reasonMaxLength}
          min={policy.reasonRequired ? policy.reasonMinLength : 0}
          onChange={setReason}
          required={policy.reasonRequired}
          value={reason}
        />
        <Recent onPick={setReason} />
        <TextInput
          description={policy.ticketPattern ? `In the form ${policy.ticketPattern}` : undefined}
          error={problems.fields['ticket']}
          label="Ticket"
          onChange={(event) => setTicket(event.currentTarget.value)}
          placeholder={policy.ticketRequired ? '' : 'Optional'}
          required={policy.ticketRequired}
          value={ticket}
        />
        <DurationField
          error={problems.fields['durationSeconds']}
          onChange={setSeconds}
          policy={policy}
          value={seconds}
        />
        <ModeCards error={problems.fields['mode']} onChange={setMode} tenant={tenant} value={mode} />
        <p className="muted small">
          You will be named: <strong>{viewer.name}</strong>, {viewer.email}, and the address that you connect from.
          {viewer.inside ? ` ${replaces(tenant, viewer.inside.tenant.name)}` : null}
        </p>
        <DialogFoot
          busy={fetching || leaving}
          cancel={close}
          submit={`Enter ${tenant.name}${seconds ? ` for ${lasting(seconds)}` : ''}`}
        />
      </form>
    </Dialog>
  )
}

const replaces = (tenant: TenantDetail, other: string): string =>
  tenant.policy.onConflict === 'REPLACE'
    ? `Entering ends your session inside ${other}.`
    : `You are inside ${other}: stop that session first.`

/** The reasons one gave last, to give again: the same case often takes several visits. */
function Recent({ onPick }: { onPick: (reason: string) => void }): ReactNode {
  const viewer = useViewer()
  const [{ data }] = useQuery({ query: RecentReasons, variables: { operatorId: viewer.id } })
  const given = (data?.impersonationSessions?.nodes ?? []).map((session) => session.reason).filter(Boolean)
  const reasons = [...new Set(given)].slice(0, 3)
  if (reasons.length === 0) return null
  return (
    <div aria-label="Recent reasons" className={css['recent']} role="group">
      Recent:
      {reasons.map((reason) => (
        <button key={reason} onClick={() => onPick(reason)} title={reason} type="button">
          {reason}
        </button>
      ))}
    </div>
  )
}
