import { useEffect, useRef, type ReactNode } from 'react'

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
        return (
          <details key={group} open={here.length > 0 && here.length < kinds.length}>
            <summary>
              <Box
                checked={here.length === kinds.length}
                label={group}
                onChange={(checked) => put(kinds, checked)}
                some={here.length > 0 && here.length < kinds.length}
              />
            </summary>
            <ul>
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
            </ul>
          </details>
        )
      })}
      {others.map((kind) => (
        <Box checked key={kind} label={kindOf(kind).label} onChange={(checked) => put([kind], checked)} />
      ))}
    </fieldset>
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
