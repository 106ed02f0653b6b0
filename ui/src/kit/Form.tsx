import { Button, Textarea } from '@mantine/core'
import { use, useEffect, useLayoutEffect, useRef, type ReactNode, type Ref } from 'react'

import { BusyButton } from './BusyButton.tsx'
import { Telling } from './Dialog.tsx'
import { Icon } from './icons.tsx'
import css from './kit.module.css'
import { NONE } from './problems.ts'
import { count, visibleLength } from './text.ts'

const show = (problem: HTMLElement | null) => problem?.scrollIntoView({ block: 'nearest' })

/** What stands in the way of a form, and belongs to none of its fields. */
export function Problem({ children }: { children: string }): ReactNode {
  return (
    // Into view where it appears: the button that was pressed may be a long way below.
    <div className={css['problem']} ref={show} role="alert">
      <Icon name="warning" />
      <span>{children}</span>
    </div>
  )
}

/** What an answer says to the whole of a form. `of` is another with each answer: the first field that it refused gets the focus. */
export function GeneralProblems({ of }: { of: readonly string[] }): ReactNode {
  const here = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (of === NONE.general) return
    here.current?.closest('form')?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [of])
  return (
    <>
      <span hidden ref={here} />
      {of.map((message) => (
        <Problem key={message}>{message}</Problem>
      ))}
    </>
  )
}

interface Reason {
  value: string
  onChange: (value: string) => void
  error?: string | undefined
  /** Unless told otherwise, as for every change that is no session. */
  min?: number
  max?: number
  required?: boolean
  description: string
  ref?: Ref<HTMLTextAreaElement>
}

/** A reason, with its length counted as the server counts it. */
export function ReasonField({
  value,
  onChange,
  error,
  min = 3,
  max = 2000,
  required = true,
  description,
  ref,
}: Reason): ReactNode {
  const length = visibleLength(value)
  const within = min > 1 || required ? `${Math.max(min, 1)} to ${max} characters` : `At most ${max} characters`
  const rule = required || min < 2 ? within : `None, or ${within}`
  return (
    <Textarea
      autosize
      data-autofocus
      description={
        <span className={css['counter']}>
          <span>
            {rule}. {description}
          </span>
          <span className="time">{count(length, 'character')}</span>
        </span>
      }
      error={error}
      label="Reason"
      maxRows={6}
      minRows={2}
      onChange={(event) => onChange(event.currentTarget.value)}
      ref={ref ?? null}
      required={required}
      value={value}
      withAsterisk={required}
    />
  )
}

/** The end of a dialog: leave it, or do what it is for. */
export function DialogFoot(props: {
  /** Nothing is left to leave where there is none. */
  cancel?: (() => void) | undefined
  cancelWord?: string
  submit: string
  color?: 'blue' | 'red'
  busy: boolean
  /** What leaving comes to while busy, where what is under way can be stopped. */
  stop?: (() => void) | undefined
  disabled?: boolean
}): ReactNode {
  const { busy, stop } = props
  const tell = use(Telling)
  useLayoutEffect(() => {
    if (!busy) return undefined
    tell({ stop })
    return () => tell(undefined)
  }, [busy, stop, tell])
  return (
    <div className={css['dialogFoot']}>
      {props.cancel ? (
        <Button disabled={busy && !stop} onClick={busy ? stop : props.cancel} type="button" variant="default">
          {props.cancelWord ?? 'Cancel'}
        </Button>
      ) : null}
      <BusyButton busy={busy} color={props.color ?? 'blue'} disabled={props.disabled ?? false} type="submit">
        {props.submit}
      </BusyButton>
    </div>
  )
}

export const stack = css['stack']
