import { Button } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useMutation } from 'urql'

import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, GeneralProblems, ReasonField } from '../kit/Form.tsx'
import { Leave } from '../kit/Leave.tsx'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import css from './policy.module.css'
import { RuleField } from './RuleField.tsx'
import { GROUPS, inWords, RULES, SetPolicy, type Field, type Rule, type Rules } from './rules.ts'
import { parsed, written, type Draft } from './ruleText.ts'

interface Props {
  tenant: { id: string; name: string }
  rules: Rules
  /** The rules of all tenants, under which a tenant's own may only be stricter. */
  inherited: Rules
  close: () => void
}

/** A tenant's own rules. Only what one changes is sent; what is refused stands at its field. */
export default function PolicyForm({ tenant, rules, inherited, close }: Props): ReactNode {
  const [{ fetching }, setPolicy] = useMutation(SetPolicy)
  const [draft, setDraft] = useState<Draft>({})
  const [reason, setReason] = useState('')
  const [problems, setProblems] = useState(NONE)
  const form = useRef<HTMLFormElement>(null)
  // The button that opened it is gone.
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select')?.focus(), [])
  const changed = Object.keys(draft).length
  const [leaving, setLeaving] = useState(false)
  const [sent, setSent] = useState(false)
  useBlocker({
    shouldBlockFn() {
      const held = fetching || changed > 0 || reason !== ''
      setLeaving(held && !fetching)
      return held
    },
    enableBeforeUnload: false,
  })

  function change(field: Field, to: string | null | undefined): void {
    setDraft((before) => ({ ...without(before, field), ...(to === undefined ? {} : { [field]: to }) }))
    if (field in problems.fields || problems.general.length > 0) {
      setProblems(({ fields }) => ({ fields: without(fields, field), general: NONE.general }))
    }
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const { values, slips } = parsed(draft)
    if (Object.keys(slips).length > 0) {
      setProblems({ fields: slips, general: [] })
      return
    }
    setSent(true)
    const { data, error } = await setPolicy({ input: { tenantId: tenant.id, reason, ...values } })
    const answer = data?.setImpersonationPolicy
    if (error) setProblems(fromError(error))
    else if (answer?.__typename === 'Refused')
      setProblems(fromRefusal(answer, ['reason', ...RULES.map(({ field }) => field)]))
    else close()
  }

  function line(rule: Rule): ReactNode {
    const own = rules.provenance.some((each) => each.field === rule.field && each.source === 'TENANT')
    const given = draft[rule.field]
    const restored = given === null
    return (
      <div className={css['rule']} key={rule.field}>
        <RuleField
          description={`All tenants: ${inWords(rule.field, inherited[rule.field])}. ${rule.stricter ?? ''}`}
          error={problems.fields[rule.field]}
          onChange={(to) => change(rule.field, to)}
          rule={rule}
          value={restored ? written(rule, inherited[rule.field]) : (given ?? written(rule, rules[rule.field]))}
        />
        {given !== undefined ? (
          <Button onClick={() => change(rule.field, undefined)} size="compact-sm" type="button" variant="subtle">
            Undo
          </Button>
        ) : own ? (
          <Button onClick={() => change(rule.field, null)} size="compact-sm" type="button" variant="subtle">
            As all tenants
          </Button>
        ) : (
          <span />
        )}
      </div>
    )
  }

  return (
    <form className={css['form']} noValidate onSubmit={(event) => void submit(event)} ref={form}>
      <p className={css['note']}>
        A rule of {tenant.name} may only be stricter than that of all tenants: what is weaker is refused. A change
        counts for sessions that start later; one that runs keeps the rules that it began under.
      </p>
      {Object.entries(GROUPS).map(([group, members]) => (
        <fieldset key={group}>
          <legend>{group}</legend>
          {members.map((rule) => line(rule))}
        </fieldset>
      ))}
      <ReasonField
        description="Kept in the ledger, which the tenant reads."
        error={problems.fields['reason']}
        onChange={setReason}
        value={reason}
      />
      <GeneralProblems of={problems.general} />
      {leaving ? (
        <Dialog close={() => setLeaving(false)} title={`The rules of ${tenant.name}`}>
          <Leave keep={() => setLeaving(false)} leave={close} what={sent ? 'sent' : 'typed'} />
        </Dialog>
      ) : null}
      <DialogFoot
        busy={fetching}
        cancel={close}
        disabled={changed === 0}
        submit={
          changed === 0
            ? 'Nothing changed yet'
            : `Set ${changed === 1 ? 'one rule' : `${changed} rules`} of ${tenant.name}`
        }
      />
    </form>
  )
}

const without = <T extends object>(all: T, name: string): T =>
  Object.fromEntries(Object.entries(all).filter(([other]) => other !== name)) as T
