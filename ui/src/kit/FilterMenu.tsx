import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'

import { Icon } from './icons.tsx'
import css from './filter.module.css'

/** A filter as a chip: what it narrows to stands on it, its choices open below. */
export function FilterMenu<Value extends string>(props: {
  name: string
  choices: readonly (readonly [value: Value, word: string])[]
  value: readonly Value[] | undefined
  onChange: (value: Value[]) => void
}): ReactNode {
  const { name, choices, value = [], onChange } = props
  if (choices.length === 0) return null
  const words = choices.filter(([choice]) => value.includes(choice)).map(([, word]) => word)
  const said = words.length > 2 ? `${words.length} of ${choices.length}` : words.join(', ')
  return (
    <Menu closeOnItemClick={false} position="bottom-start" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button className={css['chip']} data-on={words.length > 0 || undefined} type="button">
          {name}
          {said ? <strong>{said}</strong> : null}
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={css['choices'] ?? ''}>
        <Menu.CheckboxGroup onChange={(next) => onChange(next as Value[])} value={[...value]}>
          {choices.map(([choice, word]) => (
            <Menu.CheckboxItem key={choice} value={choice}>
              {word}
            </Menu.CheckboxItem>
          ))}
        </Menu.CheckboxGroup>
        {words.length > 0 ? (
          <>
            <Menu.Divider />
            <Menu.Item closeMenuOnClick onClick={() => onChange([])}>
              Any {name.toLowerCase()}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}

/** A filter that is either on or off. */
export function FilterToggle(props: { name: string; on: boolean; onChange: (on: boolean) => void }): ReactNode {
  return (
    <button
      aria-pressed={props.on}
      className={css['chip']}
      data-on={props.on || undefined}
      onClick={() => props.onChange(!props.on)}
      type="button"
    >
      {props.on ? <Icon name="check" size={14} /> : null}
      {props.name}
    </button>
  )
}
