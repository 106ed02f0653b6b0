import { Radio } from '@mantine/core'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'

import { serverNow } from '../api/clock.ts'
import { TenantName } from '../frame/Crumbs.tsx'
import { useViewer } from '../frame/viewer.tsx'
import { useBeside } from '../kit/away.ts'
import { Dialog } from '../kit/Dialog.tsx'
import { DialogFoot, Problem, stack } from '../kit/Form.tsx'
import { BACKWARDS, instantsOf, isBackwards, type Period } from '../kit/period.ts'
import { PeriodField } from '../kit/PeriodField.tsx'
import { count } from '../kit/text.ts'
import { instant } from '../kit/time.ts'
import { say } from '../kit/toast.ts'
import css from './ledger.module.css'
import { BeganBefore } from './BeganBefore.tsx'
import { download, DownloadFailed, type Progress } from './download.ts'
import { isNarrower, type LedgerSearch } from './search.ts'

const FORMATS = {
  csv: ['CSV', 'For spreadsheets: a header and a line for each entry. What a spreadsheet would compute is made inert.'],
  ndjson: [
    'NDJSON',
    'For machines and auditors: each entry as it was hashed, and a last line that says that the file is whole.',
  ],
} as const
type Format = keyof typeof FORMATS

/** A download of every entry of one tenant, or of all, within a period; that it was taken is an entry itself. */
export default function ExportDialog({ search, close }: { search: LedgerSearch; close: () => void }): ReactNode {
  const { may } = useViewer()
  const [format, setFormat] = useState<Format>('csv')
  const [period, setPeriod] = useState<Period>({ from: search.from, to: search.to })
  const [progress, setProgress] = useState<Progress>()
  const [state, setState] = useState<'asking' | 'running' | 'saved'>('asking')
  const [problem, setProblem] = useState<string>()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const { since, until } = instantsOf(period, serverNow())
  // As the page reads it: an address may have a slug in capitals, or one that nobody has.
  const slug = search.tenant?.toLowerCase()
  const data = useBeside({ query: TenantName, variables: { slug: slug ?? '' }, pause: slug === undefined })
  const unknown = slug !== undefined && data !== undefined && data.tenant === null
  const whose = data?.tenant?.name ?? search.tenant

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (state === 'saved') {
      close()
      return
    }
    if (isBackwards(period)) {
      setProblem(BACKWARDS)
      return
    }
    abort.current = new AbortController()
    setState('running')
    setProblem(undefined)
    try {
      setProgress(await download(address(format, slug, period), setProgress, abort.current.signal))
      setState('saved')
    } catch (error) {
      setState('asking')
      setProgress(undefined)
      if (error instanceof DownloadFailed) setProblem(error.message)
      else if (!abort.current.signal.aborted) setProblem('The server cannot be reached. Try again in a moment.')
    }
  }

  function stop(): void {
    say('The export was stopped: nothing was saved')
    close()
  }

  function again(): void {
    setState('asking')
    setProgress(undefined)
  }

  return (
    <Dialog close={close} title={`Export the ledger${whose ? ` of ${whose}` : ''}`}>
      <form className={stack} noValidate onSubmit={(event) => void submit(event)}>
        {unknown ? <Problem>{`There is no tenant whose slug is ${slug}.`}</Problem> : problem ? <Problem>{problem}</Problem> : null}
        <PeriodField set={(changes) => setPeriod({ ...period, ...changes })} value={period} />
        <Radio.Group label="Format" onChange={(chosen) => setFormat(chosen as Format)} value={format}>
          <div className={css['formats']}>
            {Object.entries(FORMATS).map(([name, [label, means]]) => (
              <Radio description={means} key={name} label={label} value={name} />
            ))}
          </div>
        </Radio.Group>
        <p className={css['contains']}>
          Contains every entry {whose ? `of ${whose}` : 'of all tenants and of the platform'}{' '}
          {span(period)}, with its details, its hash and its predecessor’s
          {may('ORIGIN_READ') ? ', and where each was done from' : '; where each was done from needs ORIGIN_READ'}.
          {isNarrower(search) ? ' Kind, operator, session, address and text do not narrow it: an export is whole.' : ''} That you
          took it is entered in the ledger.
        </p>
        {state === 'asking' ? <BeganBefore since={since} slug={slug} take={setPeriod} until={until} /> : null}
        <Told progress={progress} state={state} />
        <DialogFoot
          busy={state === 'running'}
          cancel={state === 'saved' ? again : close}
          disabled={unknown}
          cancelWord={state === 'saved' ? 'Export another' : 'Cancel'}
          stop={stop}
          submit={state === 'saved' ? 'Done' : `Export as ${FORMATS[format][0]}`}
        />
      </form>
    </Dialog>
  )
}

function Told({ progress, state }: { progress: Progress | undefined; state: string }): ReactNode {
  return (
    <p className="figures" role="status">
      {progress === undefined
        ? null
        : state === 'saved'
          ? `Saved ${size(progress.bytes)}. ${held(progress.entries)}`
          : `Received ${size(progress.bytes)}, ${count(progress.entries, 'entry')}…`}
    </p>
  )
}

const held = (entries: number): string =>
  entries === 0
    ? 'No entry: the file has its header alone.'
    : `${count(entries, 'entry')}. The file is whole.`

function address(format: Format, slug: string | undefined, period: Period): string {
  const { since, until } = instantsOf(period, serverNow())
  const asked = new URLSearchParams({
    format,
    ...(slug ? { tenant: slug } : {}),
    ...(since ? { from: since } : {}),
    ...(until ? { to: until } : {}),
  })
  return `/ledger/export?${asked}`
}

function span(period: Period): string {
  const { since, until } = instantsOf(period, serverNow())
  if (!since && !until) return 'from the first to the last'
  return `${since ? `from ${instant(since)}` : 'from the first'} ${until ? `until before ${instant(until)}` : 'to the last'}`
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
