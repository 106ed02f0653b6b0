import { Chip, Kbd, TextInput } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'

import type { Tenant } from '../api/fragments.ts'
import { Icon } from '../kit/icons.tsx'
import page from '../kit/page.module.css'
import { useTyped } from '../kit/useTyped.ts'
import { statusSign, STATUSES } from '../kit/words.ts'
import type { TenantSearch } from './search.ts'

export function TenantFilters(props: {
  search: TenantSearch
  set: (changes: Partial<TenantSearch>) => void
}): ReactNode {
  const { search, set } = props
  return (
    <search className={page['tools']}>
      <SearchBox onChange={(q) => set({ q })} value={search.q ?? ''} />
      <Chip.Group
        multiple
        onChange={(status) => set({ status: status as Tenant['status'][] })}
        value={search.status ?? []}
      >
        <div aria-label="Status" className={page['chips']} role="group">
          {STATUSES.map((status) => (
            <Chip key={status} size="xs" value={status} variant="outline">
              {statusSign(status).word}
            </Chip>
          ))}
        </div>
      </Chip.Group>
      <Chip
        checked={search.inside ?? false}
        color="amber"
        onChange={(inside) => set({ inside })}
        size="xs"
        variant="outline"
      >
        Someone inside
      </Chip>
    </search>
  )
}

/** Search as one types; `/` anywhere on the page leads here. */
function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  const box = useRef<HTMLInputElement>(null)
  const [text, setText] = useTyped(value, onChange)

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const typing =
        event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      box.current?.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  return (
    <TextInput
      aria-label="Search tenants"
      className={page['search'] ?? ''}
      leftSection={<Icon name="search" />}
      onChange={(event) => setText(event.currentTarget.value)}
      placeholder="Name or slug"
      ref={box}
      rightSection={<Kbd size="xs">/</Kbd>}
      type="search"
      value={text}
    />
  )
}
