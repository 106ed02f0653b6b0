import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'

import { useReached } from '../api/position.ts'
import { useChain } from '../api/useChain.ts'
import { useFollow } from '../api/useFollow.ts'
import { enter } from '../frame/asking.ts'
import { useViewer } from '../frame/viewer.tsx'
import { LeftOut } from '../kit/LeftOut.tsx'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { count } from '../kit/text.ts'
import { useSingleKeys } from '../kit/shortcut.ts'
import { useRowKeys } from '../kit/useRowKeys.ts'
import { useTitle } from '../kit/useTitle.ts'
import { useVirtualRows } from '../kit/useVirtualRows.ts'
import { filterOf, pageOf, TenantEvents, Tenants } from './list.ts'
import css from './list.module.css'
import { SelectionBar } from './SelectionBar.tsx'
import { useSelection } from './selection.ts'
import { TenantFilters } from './TenantFilters.tsx'
import { TenantTable } from './TenantTable.tsx'
import { tenantReading, type TenantSearch } from './search.ts'

/** How many rows before the end of what is there the next page is asked for. */
const AHEAD = 60
const route = getRouteApi('/tenants')

export function TenantsPage(): ReactNode {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { may } = useViewer()
  const filter = useMemo(() => filterOf(search), [search])
  const order = search.order ?? 'NAME'
  const list = useChain(Tenants, { filter, orderBy: order }, pageOf)
  useNews()
  useTitle('Tenants')

  const { rows, next } = list
  const virtual = useVirtualRows(rows.length)
  const selection = useSelection()
  useRowKeys(rows.length, virtual.focus, {
    x: (index) => rows[index] && selection.toggle(rows[index]),
    ...(may('IMPERSONATE_READ_ONLY') ? { i: (index) => rows[index] && enter(rows[index].slug) } : {}),
  })
  const near = (virtual.rows.at(-1)?.index ?? 0) >= rows.length - AHEAD
  useEffect(() => {
    if (near && list.more && !list.busy) next()
  }, [near, list.more, list.busy, next])

  const set = useCallback(
    (changes: Partial<TenantSearch>) => void navigate({ search: (old) => ({ ...old, ...changes }), replace: true }),
    [navigate],
  )
  return (
    <>
      <h1 className="unseen">Tenants</h1>
      <TenantFilters leave={() => virtual.focus(0)} search={search} set={set} />
      <LeftOut read={tenantReading} search={search} />
      {!list.known ? (
        list.error ? (
          <Failed error={list.error} retry={list.retry} />
        ) : (
          <Loading rows={12} what="tenants" />
        )
      ) : rows.length === 0 ? (
        <Nothing filtered={Object.keys(filter).length > 0} reset={() => void navigate({ search: {} })} />
      ) : (
        <>
          <TenantTable
            order={order}
            outdated={list.outdated}
            selection={selection}
            setOrder={(by) => set({ order: by })}
            tenants={rows}
            total={list.total}
            virtual={virtual}
          />
          <Foot busy={list.busy} shown={rows.length} total={list.total} />
          {list.error ? <Failed error={list.error} retry={list.retry} /> : null}
        </>
      )}
      <SelectionBar of={selection} />
    </>
  )
}

/** Follows from where the console has come to: the rows themselves were just asked for. */
function useNews(): void {
  const after = useReached()
  const [from, setFrom] = useState(after)
  if (from === undefined && after !== undefined) setFrom(after)
  useFollow(TenantEvents, { after: from ?? null }, { pause: from === undefined })
}

function Foot({ shown, total, busy }: { shown: number; total: number | null; busy: boolean }): ReactNode {
  const keys = useSingleKeys()
  const all = total ?? shown
  return (
    <p className={css['foot']}>
      <span aria-live="polite">
        {count(all, 'tenant')}
        {busy && shown < all ? `, ${shown} loaded so far` : ''}
      </span>
      {keys ? (
        <span className={css['keys']}>
          <kbd>j</kbd> <kbd>k</kbd> move · <kbd>Enter</kbd> opens · <kbd>x</kbd> selects · <kbd>i</kbd> impersonates
        </span>
      ) : null}
    </p>
  )
}

function Nothing({ filtered, reset }: { filtered: boolean; reset: () => void }): ReactNode {
  if (!filtered) {
    return <Empty title="No tenants yet">A tenant appears here once its product registers it through the API.</Empty>
  }
  return (
    <Empty action={<Button onClick={reset}>Show all tenants</Button>} title="No tenant matches">
      Nothing fits the search and the filters together.
    </Empty>
  )
}
