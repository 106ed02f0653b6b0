import { NativeSelect, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { Icon } from './icons.tsx'
import page from './page.module.css'
import { BACKWARDS, dayOf, isBackwards, LAST_DAY, PRESETS, readPeriod, type Period } from './period.ts'

/** A period: one of the usual, or two days of one's own. */
export function PeriodField({ value, set }: { value: Period; set: (period: Period) => void }): ReactNode {
  const preset = value.from !== undefined && Object.hasOwn(PRESETS, value.from) ? value.from : ''
  const given = preset === '' && (value.from !== undefined || value.to !== undefined)
  const [own, setOwn] = useState(given)
  const days = given || own
  // A day that there is not can be typed all the same.
  const put = (typed: Period) => set({ from: undefined, to: undefined, ...readPeriod({ ...value, ...typed }) })

  function choose(chosen: string): void {
    setOwn(chosen === 'days')
    if (chosen === 'days') set({ from: dayOf(Date.now()), to: dayOf(Date.now()) })
    else set({ from: chosen || undefined, to: undefined })
  }

  return (
    <div className={page['period']}>
      <NativeSelect
        aria-label="Period"
        data={[
          { label: 'Any time', value: '' },
          ...Object.entries(PRESETS).map(([name, { label }]) => ({ label, value: name })),
          { label: 'Days…', value: 'days' },
        ]}
        onChange={(event) => choose(event.currentTarget.value)}
        rightSection={<Icon name="down" size={14} />}
        value={days && preset === '' ? 'days' : preset}
      />
      {days && preset === '' ? (
        <>
          <Day label="First day, UTC" onChange={(from) => put({ from })} value={value.from} />
          <Day
            error={isBackwards(value) ? BACKWARDS : undefined}
            label="Last day, UTC"
            onChange={(to) => put({ to })}
            value={value.to}
          />
        </>
      ) : null}
    </div>
  )
}

function Day(props: {
  label: string
  value: string | undefined
  error?: string | undefined
  onChange: (day: string | undefined) => void
}): ReactNode {
  return (
    <TextInput
      error={props.error}
      label={props.label}
      max={LAST_DAY}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
      type="date"
      value={props.value ?? ''}
    />
  )
}
