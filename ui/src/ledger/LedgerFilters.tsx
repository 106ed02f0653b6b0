import { NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import page from '../kit/page.module.css'
import { useTyped } from '../kit/useTyped.ts'
import { KIND_OPTIONS, type LedgerSearch } from './search.ts'

export function LedgerFilters(props: {
  search: LedgerSearch
  set: (changes: Partial<LedgerSearch>) => void
}): ReactNode {
  const { search, set } = props
  return (
    <search className={page['tools']}>
      <NativeSelect
        aria-label="Kind"
        data={KIND_OPTIONS}
        onChange={(event) => set({ kind: event.currentTarget.value || undefined })}
        rightSection={<Icon name="down" size={14} />}
        value={search.kind ?? ''}
      />
      <Typed
        label="Tenant’s slug"
        onChange={(tenant) => set({ tenant: tenant.trim() || undefined })}
        value={search.tenant ?? ''}
      />
      <Typed icon label="Text" onChange={(text) => set({ text: text || undefined })} value={search.text ?? ''} />
    </search>
  )
}

function Typed(props: { label: string; value: string; onChange: (value: string) => void; icon?: boolean }): ReactNode {
  const { label, value, onChange } = props
  const [text, setText] = useTyped(value, onChange)
  return (
    <TextInput
      aria-label={label}
      leftSection={props.icon ? <Icon name="search" /> : null}
      onChange={(event) => setText(event.currentTarget.value)}
      placeholder={label}
      type="search"
      value={text}
    />
  )
}
