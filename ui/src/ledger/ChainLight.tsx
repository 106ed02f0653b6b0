import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { useClient } from 'urql'

import { serverNow } from '../api/clock.ts'
import { graphql, type ResultOf } from '../api/graphql.ts'
import { BusyButton } from '../kit/BusyButton.tsx'
import { Pill } from '../kit/Pill.tsx'
import { fromError } from '../kit/problems.ts'
import { clock } from '../kit/time.ts'
import type { Sign } from '../kit/words.ts'
import css from './ledger.module.css'

const CheckLedger = graphql(`
  query CheckLedger($tenantId: ID) {
    ledgerCheck(tenantId: $tenantId) {
      ok
      entries
      brokenAt
      explanation
    }
  }
`)

interface Checked {
  check: NonNullable<ResultOf<typeof CheckLedger>['ledgerCheck']>
  at: number
}
/** What the chains were found to be, for as long as the console is open. */
const known = new Map<string, Checked>()
/** A chain this short is walked unasked: it takes no time. */
const SHORT = 2_000

const WHOLE: Sign = { word: 'Chain whole', icon: 'check', tone: 'green' }
const BROKEN: Sign = { word: 'Chain broken', icon: 'warning', tone: 'red' }
const UNCHECKED: Sign = { word: 'Chain not checked', icon: 'chain', tone: 'grey' }

interface Props {
  /** Null for the platform's own chain. */
  tenantId: string | null
  of: string
  length?: number
}

/** Whether a chain is whole, and when that was last looked at: the server computes each hash anew. */
export function ChainLight({ tenantId, of, length }: Props): ReactNode {
  const client = useClient()
  const place = tenantId ?? ''
  const [checked, setChecked] = useState(known.get(place))
  const unasked = checked === undefined && length !== undefined && length <= SHORT
  const [busy, setBusy] = useState(unasked)
  const [problem, setProblem] = useState<string>()

  const ask = useCallback(
    () => client.query(CheckLedger, { tenantId }, { requestPolicy: 'network-only' }).toPromise(),
    [client, tenantId],
  )
  const take = useCallback(
    ({ data, error }: Awaited<ReturnType<typeof ask>>) => {
      setBusy(false)
      setProblem(error ? fromError(error).general[0] : undefined)
      if (!data?.ledgerCheck) return
      const found = { check: data.ledgerCheck, at: serverNow() }
      known.set(place, found)
      setChecked(found)
    },
    [place],
  )

  useEffect(() => {
    if (unasked) void ask().then(take)
  }, [ask, take, unasked])

  function check(): void {
    setBusy(true)
    void ask().then(take)
  }

  return (
    <div className={css['light']}>
      <span role="status">
        <Pill sign={checked === undefined ? UNCHECKED : checked.check.ok ? WHOLE : BROKEN} />
        <span className="muted small figures"> {problem ?? words(checked, of)}</span>
      </span>
      <BusyButton busy={busy} onClick={check} size="compact-xs" variant="default">
        {checked ? 'Check again' : 'Check the chain'}
      </BusyButton>
    </div>
  )
}

function words(checked: Checked | undefined, of: string): string {
  if (!checked) return of
  const { ok, entries, brokenAt, explanation } = checked.check
  const when = `checked ${clock(checked.at)} UTC`
  if (ok) return `${of}: ${String(entries)} entries, ${when}`
  return `${of}: at entry ${String(brokenAt)}, ${when}. ${explanation ?? ''}`
}
