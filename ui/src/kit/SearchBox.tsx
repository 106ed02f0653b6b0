import { Kbd, TextInput } from '@mantine/core'
import { useRef, type ReactNode } from 'react'

import { Icon } from './icons.tsx'
import page from './page.module.css'
import { useShortcuts, useSingleKeys } from './shortcut.ts'
import { useTyped } from './useTyped.ts'

/** Search as one types; `/` anywhere on the page leads here, Escape empties it, and arrow down goes to the rows. */
export function SearchBox(props: {
  label: string
  placeholder: string
  value: string
  onChange: (value: string) => void
  leave?: () => void
}): ReactNode {
  const box = useRef<HTMLInputElement>(null)
  const [text, setText] = useTyped(props.value, props.onChange)
  const keys = useSingleKeys()
  useShortcuts({
    '/': (event) => {
      event.preventDefault()
      box.current?.select()
    },
  })
  return (
    <TextInput
      aria-label={props.label}
      className={page['search'] ?? ''}
      leftSection={<Icon name="search" />}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setText('')
        if (event.key === 'ArrowDown' || event.key === 'Enter') props.leave?.()
      }}
      placeholder={props.placeholder}
      ref={box}
      rightSection={keys ? <Kbd size="xs">/</Kbd> : null}
      type="search"
      value={text}
    />
  )
}
