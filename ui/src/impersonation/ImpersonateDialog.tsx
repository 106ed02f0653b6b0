import { TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { useLiveSessions } from '../frame/sessions.ts'
import { useViewer } from '../frame/viewer.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, Problem, ReasonField, stack } from '../kit/Form.tsx'
import { Icon } from '../kit/icons.tsx'
import { lasting } from '../kit/time.ts'
import type { TenantDetail } from '../tenants/TenantPage.tsx'
import { BannerPreview } from './BannerPreview.tsx'
import css from './dialog.module.css'
import { DurationField } from './DurationField.tsx'
import { ModeCards } from './ModeCards.tsx'
import { RecentReasons } from './RecentReasons.tsx'
import { LONGEST_TICKET } from './start.ts'
import { useEntering } from './useEntering.ts'

/** Everything that is asked before one enters, and what the tenant will see of it. */
export default function ImpersonateDialog({ tenant, close }: { tenant: TenantDetail; close: () => void }): ReactNode {
  const { policy } = tenant
  const viewer = useViewer()
  const form = useEntering(tenant, close)
  const { asked, set, at, seconds } = form
  // A recent reason brings its own ticket, or none: only a ticket that was typed by hand stays with it.
  const [typedTicket, setTypedTicket] = useState('')
  // Told at once, and not only by a refusal: the tenant may have changed while one types.
  const changed = tenant.impersonability.state === 'DISABLED' ? tenant.impersonability.explanation : null
  return (
    <Dialog close={close} title={`Impersonate ${tenant.name}`} width={560}>
      <form className={stack} noValidate onSubmit={form.submit}>
        {changed && !form.general.includes(changed) ? <Problem>{changed}</Problem> : null}
        <GeneralProblems of={form.general} />
        <BannerPreview mode={asked.mode} reason={asked.reason} seconds={seconds ?? policy.defaultDurationSeconds} tenant={tenant} />
        <div onBlur={() => (asked.reason ? form.leave('reason') : undefined)}>
          <ReasonField
            description="The customer reads it."
            error={at('reason')}
            max={policy.reasonMaxLength}
            min={policy.reasonMinLength}
            onChange={(reason) => set({ reason })}
            required={policy.reasonRequired}
            value={asked.reason}
          />
        </div>
        <RecentReasons onPick={(reason, ticket) => set({ reason, ticket: ticket ?? typedTicket })} />
        <TextInput
          description={policy.ticketPattern ? `In the form ${policy.ticketPattern}` : undefined}
          error={at('ticket')}
          label="Ticket"
          onBlur={() => (asked.ticket ? form.leave('ticket') : undefined)}
          onChange={({ currentTarget: { value } }) => {
            set({ ticket: value })
            setTypedTicket(value)
            // More typing mends the other slips, and only makes this one worse.
            if (value.length > LONGEST_TICKET) form.leave('ticket')
          }}
          placeholder={policy.ticketRequired ? '' : 'Optional'}
          required={policy.ticketRequired}
          value={asked.ticket}
        />
        <DurationField
          error={at('durationSeconds')}
          onChange={(durationSeconds) => {
            set({ durationSeconds })
            form.leave('durationSeconds')
          }}
          policy={policy}
          value={asked.durationSeconds}
        />
        <ModeCards error={at('mode')} onChange={(mode) => set({ mode })} tenant={tenant} value={asked.mode} />
        <Replaces tenant={tenant} />
        <Waits tenant={tenant} />
        <p className="muted small">
          You will be named: <strong>{viewer.name}</strong>, {viewer.email}, and the address that you connect from.
        </p>
        <DialogFoot
          busy={form.busy}
          cancel={close}
          cancelWord={form.entered ? 'Close' : 'Cancel'}
          // The workspace may be slow to answer, or not at all.
          stop={form.entered ? close : undefined}
          submit={`Enter ${tenant.name}${seconds === null ? '' : ` for ${lasting(seconds)}`}`}
        />
      </form>
    </Dialog>
  )
}

/** Says before it happens that somebody else must leave first, where only one may be inside. */
function Waits({ tenant }: { tenant: TenantDetail }): ReactNode {
  const { id } = useViewer()
  const { sessions } = useLiveSessions()
  const other = sessions.find((session) => session.tenant.id === tenant.id && session.operator.id !== id)
  if (!tenant.policy.exclusive || !other) return null
  return (
    <p className={css['replaces']}>
      <Icon name="lock" />
      {other.operator.name} is inside {tenant.name}, and only one operator at a time may be: ask for their leave, or wait.
    </p>
  )
}

/** Says before it happens that one leaves another tenant by entering this one, or cannot enter until one left. */
function Replaces({ tenant }: { tenant: TenantDetail }): ReactNode {
  const viewer = useViewer()
  const { sessions } = useLiveSessions()
  const elsewhere =
    tenant.policy.concurrency === 'PER_OPERATOR'
      ? sessions.find(({ operator }) => operator.id === viewer.id)
      : undefined
  const running = viewer.inside ?? elsewhere
  if (!running) return null
  return (
    <p className={css['replaces']}>
      <Icon name="swap" />
      {tenant.policy.onConflict === 'REPLACE'
        ? `Entering ends your session inside ${running.tenant.name}.`
        : `You are inside ${running.tenant.name}: stop that session first.`}
    </p>
  )
}
