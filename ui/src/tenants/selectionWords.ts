import { count } from '../kit/text.ts'
import type { Act, Line } from './selectionNow.ts'
import type { Outcome } from './selectionRun.ts'

type Picked = Pick<Line, 'id' | 'skipped'>
type Outcomes = ReadonlyMap<string, Outcome>

export const title = (act: Act, number: number): string =>
  act === 'suspend' ? `Suspend ${count(number, 'tenant')}` : `Lift the suspension of ${count(number, 'tenant')}`

/** What the button does to those that are left; `ends` is how many sessions that ends. */
export function verb(act: Act, due: readonly Picked[], outcomes: Outcomes, ends: number): string {
  const many = count(due.length, 'tenant')
  const again = due.length > 0 && due.every(({ id }) => hindered(outcomes.get(id)))
  const does = again ? `Try ${many} again` : act === 'suspend' ? `Suspend ${many}` : `Lift suspension of ${many}`
  return ends > 0 ? `${does}: ends ${count(ends, 'session')}` : does
}

/** What came of it: what was done, what stood in the way, and what was never tried. */
export function told(act: Act, lines: readonly Picked[], outcomes: Outcomes): string {
  const all = lines.map(({ id }) => outcomes.get(id))
  const done = all.filter((each) => each?.state === 'done')
  const ended = done.reduce((sum, { ended: some }) => sum + some, 0)
  const failed = all.filter(hindered).length
  const untried = lines.filter(({ id, skipped }) => !skipped && !outcomes.has(id)).length
  const came = [
    `${count(done.length, 'tenant')} ${act === 'suspend' ? 'suspended' : 'no longer suspended'}`,
    act === 'suspend' ? `${count(ended, 'session')} ended` : '',
    failed > 0 ? `${count(failed, 'tenant')} not: what stands in the way is at each` : '',
  ]
  const left = untried > 0 ? ` ${count(untried, 'tenant')} ${untried === 1 ? 'was' : 'were'} not tried.` : ''
  return `${came.filter(Boolean).join(', ')}.${left}`
}

const hindered = (outcome: Outcome | undefined): boolean => outcome?.state === 'refused' || outcome?.state === 'failed'
