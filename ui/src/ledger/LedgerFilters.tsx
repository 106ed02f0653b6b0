import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { Icon } from '../kit/icons.tsx'
import { PeriodField } from '../kit/PeriodField.tsx'
import { useTyped } from '../kit/useTyped.ts'
import { KindTree } from './KindTree.tsx'
import css from './ledger.module.css'
import { SavedFilters } from './SavedFilters.tsx'
import type { LedgerSearch } from './search.ts'
import { TenantChoices } from './TenantChoices.tsx'

interface Props {
  search: LedgerSearch
  set: (changes: Partial<LedgerSearch>) => void
  /** Puts other filters in the place of all. */
  replace: (search: LedgerSearch) => void
  operators: readonly { uuid: string; name: string }[]
}

export function LedgerFilters({ search, set, replace, operators }: Props): ReactNode {
  const { may } = useViewer()
  const { entry: _, ...filters } = search
  return (
    <search className={css['filters']}>
      <Typed icon label="Text" onChange={(text) => set({ text })} value={search.text} />
      <PeriodField set={set} value={search} />
      <Typed label="Tenant’s slug" list="tenants" onChange={(tenant) => set({ tenant })} value={search.tenant} />
      <TenantChoices id="tenants" search={search.tenant} />
      {may('OPERATOR_READ') ? (
        <NativeSelect
          aria-label="Operator"
          data={[
            { label: 'Every operator', value: '' },
            ...operators.map(({ uuid, name }) => ({ label: name, value: uuid })),
          ]}
          onChange={(event) => set({ operator: event.currentTarget.value || undefined })}
          rightSection={<Icon name="down" size={14} />}
          value={search.operator?.toLowerCase() ?? ''}
        />
      ) : null}
      <Typed label="Session’s id" onChange={(session) => set({ session })} value={search.session} />
      {may('ORIGIN_READ') ? <Typed label="IP address" onChange={(ip) => set({ ip })} value={search.ip} /> : null}
      <KindTree set={(kind) => set({ kind })} value={search.kind} />
      {Object.values(filters).some(Boolean) ? (
        <Button onClick={() => replace({})} size="compact-sm" variant="default">
          Clear all filters
        </Button>
      ) : null}
      <SavedFilters apply={replace} current={filters} />
    </search>
  )
}

function Typed(props: {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
  icon?: boolean
  list?: string
}): ReactNode {
  const { label, value, onChange } = props
  const [text, setText] = useTyped(value ?? '', (typed) => onChange(typed.trim() || undefined))
  return (
    <TextInput
      aria-label={label}
      leftSection={props.icon ? <Icon name="search" /> : null}
      onChange={(event) => setText(event.currentTarget.value)}
      list={props.list}
      maxLength={500}
      placeholder={label}
      type="search"
      value={text}
    />
  )
}
