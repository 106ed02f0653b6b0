import { count } from '../kit/text.ts'
import type { Act, Line } from './selectionNow.ts'
import type { Outcome } from './selectionRun.ts'

type Said = Pick<Line, 'id' | 'skipped'>
type Outcomes = ReadonlyMap<string, Outcome>

/** Without how many: some may be passed over, and the button says what is done to the others. */
export const title = (act: Act): string =>
  act === 'suspend' ? 'Suspend the selected tenants' : 'Lift the suspension of the selected tenants'

/** What the button does to those that are left; `ends` is how many sessions that ends. */
export function verb(act: Act, due: readonly Said[], outcomes: Outcomes, ends: number): string {
  const many = count(due.length, 'tenant')
  const again = due.length > 0 && due.every(({ id }) => hindered(outcomes.get(id)))
  const does = again ? `Try ${many} again` : act === 'suspend' ? `Suspend ${many}` : `Lift suspension of ${many}`
  return ends > 0 ? `${does}: ends ${count(ends, 'session')}` : does
}

/** What came of it: what was done, what stood in the way or went wrong, and what was never tried. */
export function told(act: Act, lines: readonly Said[], outcomes: Outcomes): string {
  const all = lines.map(({ id }) => outcomes.get(id))
  const done = all.filter((each) => each?.state === 'done')
  const ended = done.reduce((sum, { ended: some }) => sum + some, 0)
  const overtaken = lines.filter((line) => isOvertaken(line, outcomes.get(line.id))).length
  const failed = all.filter(hindered).length - overtaken
  const untried = lines.filter(({ id, skipped }) => !skipped && !outcomes.has(id)).length
  const came = [
    `${count(done.length, 'tenant')} ${act === 'suspend' ? 'suspended' : 'no longer suspended'}`,
    act === 'suspend' ? `${count(ended, 'session')} ended` : '',
    failed > 0 ? `${count(failed, 'tenant')} not: what stands in the way is at each` : '',
  ]
  const gone = overtaken > 0 ? ` Nothing is left to do to ${count(overtaken, 'tenant')}, though trying it failed.` : ''
  const left = untried > 0 ? ` ${count(untried, 'tenant')} ${untried === 1 ? 'was' : 'were'} not tried.` : ''
  return `${came.filter(Boolean).join(', ')}.${gone}${left}`
}

/** Whether what went wrong was done all the same: only its answer was lost, or somebody else did it. */
export const isOvertaken = ({ skipped }: Pick<Line, 'skipped'>, outcome: Outcome | undefined): boolean =>
  outcome?.state === 'failed' && skipped !== undefined

const hindered = (outcome: Outcome | undefined): boolean => outcome?.state === 'refused' || outcome?.state === 'failed'
