import { useEffect, useRef, useState, type ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { kindOf, KINDS } from './kinds.ts'
import css from './ledger.module.css'
import { kindsOf, kindText } from './search.ts'

/** Kinds of entries by their groups: a group's box stands for all of its kinds. */
export function KindTree(props: { value: string | undefined; set: (kind: string | undefined) => void }): ReactNode {
  const chosen = new Set(kindsOf(props.value))
  const groups: [string, string[]][] = Object.entries(KINDS).map(([group, kinds]) => [group, Object.keys(kinds)])
  const others = [...chosen].filter((kind) => !groups.some(([, kinds]) => kinds.includes(kind)))

  function put(kinds: readonly string[], checked: boolean): void {
    const next = new Set(chosen)
    for (const kind of kinds) {
      if (checked) next.add(kind)
      else next.delete(kind)
    }
    props.set(kindText(next))
  }

  return (
    <fieldset className={css['tree']}>
      <legend>Kind</legend>
      {groups.map(([group, kinds]) => {
        const here = kinds.filter((kind) => chosen.has(kind))
        const part = here.length > 0 && here.length < kinds.length
        return (
          <Group
            all={here.length === kinds.length}
            key={group}
            name={group}
            onChange={(checked) => put(kinds, checked)}
            part={part}
          >
            {kinds.map((kind) => (
              <li key={kind}>
                <Box
                  checked={chosen.has(kind)}
                  label={kindOf(kind).label}
                  name={`${group}: ${kindOf(kind).label}`}
                  onChange={(checked) => put([kind], checked)}
                />
              </li>
            ))}
          </Group>
        )
      })}
      {others.map((kind) => (
        <Box checked key={kind} label={kindOf(kind).label} onChange={(checked) => put([kind], checked)} />
      ))}
    </fieldset>
  )
}

/** Opens by itself where some of its kinds are chosen, so that what filters is never hidden. */
function Group(props: {
  name: string
  all: boolean
  part: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
}): ReactNode {
  const [opened, setOpened] = useState(false)
  const open = opened || props.part
  return (
    <>
      <div className={css['branch']}>
        <button
          aria-expanded={open}
          aria-label={`Kinds of ${props.name}`}
          disabled={props.part}
          onClick={() => setOpened(!opened)}
          type="button"
        >
          <Icon name={open ? 'down' : 'chevron'} size={12} />
        </button>
        <Box checked={props.all} label={props.name} onChange={props.onChange} some={props.part} />
      </div>
      {open ? <ul>{props.children}</ul> : null}
    </>
  )
}

function Box(props: {
  label: string
  name?: string
  checked: boolean
  some?: boolean
  onChange: (checked: boolean) => void
}): ReactNode {
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (box.current) box.current.indeterminate = props.some ?? false
  }, [props.some])
  return (
    <label className={css['box']}>
      <input
        aria-label={props.name}
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
        ref={box}
        type="checkbox"
      />
      {props.label}
    </label>
  )
}
