import { useState, type FormEvent } from 'react'
import { useMutation } from 'urql'

import { useIdempotency } from '../kit/idempotency.ts'
import { fromError, fromRefusal, NONE } from '../kit/problems.ts'
import { useGone } from '../kit/useGone.ts'
import type { TenantDetail } from '../tenants/TenantPage.tsx'
import type { Mode } from './ModeCards.tsx'
import { FIELDS, slips, Start, type Field } from './start.ts'

export interface Asked {
  reason: string
  ticket: string
  /** Null where the field holds no number. */
  durationSeconds: number | null
  mode: Mode
}

/**
 * What one asks for before one enters, and what stands in its way.
 *
 * A slip is told while one types, from the moment that the field was left or sent; what the server refused stands until
 * that very field changes.
 */
export function useEntering({ id, policy, impersonability }: TenantDetail, close: () => void) {
  const [{ fetching }, start] = useMutation(Start)
  const [asked, setAsked] = useState<Asked>({
    reason: '',
    ticket: '',
    durationSeconds: policy.defaultDurationSeconds,
    mode: impersonability.modes.includes('READ_ONLY') ? 'READ_ONLY' : 'READ_WRITE',
  })
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set())
  const [problems, setProblems] = useState(NONE)
  const [leaving, setLeaving] = useState(false)
  const keys = useIdempotency()
  const gone = useGone()
  const slipped = slips(asked, policy)

  function set(change: Partial<Asked>): void {
    setAsked((before) => ({ ...before, ...change }))
    setProblems(({ fields }) => ({
      fields: Object.fromEntries(Object.entries(fields).filter(([field]) => !(field in change))),
      general: NONE.general,
    }))
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setLeft(new Set(FIELDS))
    if (Object.keys(slipped).length > 0) {
      setProblems({ fields: {}, general: [] })
      return
    }
    const input = { tenantId: id, ...asked, ticket: asked.ticket.trim() || null }
    const { data, error } = await start({ input: { ...input, idempotencyKey: keys.for(input) } })
    const answer = data?.startImpersonation
    if (error || !answer) {
      if (error) setProblems(fromError(error))
      return
    }
    keys.answered()
    if (answer.__typename === 'Refused') {
      setProblems(fromRefusal(answer, FIELDS))
    } else if (gone()) {
      return
    } else if (answer.__typename === 'ImpersonationStarted') {
      setLeaving(true)
      location.assign(answer.enterUrl)
    } else {
      close()
    }
  }

  return {
    asked,
    set,
    submit: (event: FormEvent) => void submit(event),
    leave: (field: Field) => setLeft((before) => new Set([...before, field])),
    /** What stands at a field. */
    at: (field: Field): string | undefined => (left.has(field) ? slipped[field] : undefined) ?? problems.fields[field],
    general: problems.general,
    busy: fetching || leaving,
    /** Whether the session began, and the browser is on its way into the workspace. */
    entered: leaving,
    /** How long it would last; null while that is not said, or not allowed. */
    seconds: slipped.durationSeconds ? null : asked.durationSeconds,
  }
}
