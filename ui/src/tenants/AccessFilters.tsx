import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { useBeside } from '../kit/away.ts'
import { FilterToggle } from '../kit/FilterMenu.tsx'
import { Icon } from '../kit/icons.tsx'
import page from '../kit/page.module.css'
import { PeriodField } from '../kit/PeriodField.tsx'
import { date, hourMinute } from '../kit/time.ts'
import { useTyped } from '../kit/useTyped.ts'
import { TenantSessions } from './SessionsTab.tsx'
import type { AccessSearch } from './tabs.ts'

export function AccessFilters(props: {
  slug: string
  search: AccessSearch
  set: (changes: Partial<AccessSearch>) => void
  reload: () => void
}): ReactNode {
  const { search, set } = props
  const [path, setPath] = useTyped(search.path ?? '', (text) => set({ path: text.trim() || undefined }))
  return (
    <search className={page['tools']}>
      <TextInput
        aria-label="Path begins with"
        onChange={(event) => setPath(event.currentTarget.value)}
        placeholder="Path begins with /…"
        type="search"
        value={path}
      />
      <OfSession onChange={(session) => set({ session })} slug={props.slug} value={search.session} />
      <PeriodField set={set} value={search} />
      <FilterToggle name="Could write" on={search.wrote ?? false} onChange={(wrote) => set({ wrote: wrote || undefined })} />
      <Button onClick={props.reload} size="compact-sm" variant="default">
        Look for new requests
      </Button>
    </search>
  )
}

/** The last sessions to choose from; one that the address names and that is older stands by its id. */
function OfSession(props: {
  slug: string
  value: string | undefined
  onChange: (uuid: string | undefined) => void
}): ReactNode {
  const data = useBeside({ query: TenantSessions, variables: { slug: props.slug, filter: {} } })
  const sessions = data?.tenant?.sessions.nodes ?? []
  const known = sessions.some(({ uuid }) => uuid === props.value)
  return (
    <NativeSelect
      aria-label="Session"
      data={[
        { label: 'Every session', value: '' },
        ...(props.value && !known ? [{ label: props.value, value: props.value }] : []),
        ...sessions.map(({ uuid, operator, startedAt, requestedAt }) => {
          const at = startedAt ?? requestedAt
          return { label: `${operator.name}, ${date(at)} ${hourMinute(at)}`, value: uuid }
        }),
      ]}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
      rightSection={<Icon name="down" size={14} />}
      value={props.value ?? ''}
    />
  )
}
