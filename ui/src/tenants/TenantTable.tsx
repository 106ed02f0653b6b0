import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import page from '../kit/page.module.css'
import type { Row } from './list.ts'
import css from './list.module.css'
import type { Order } from './search.ts'
import type { Selection } from './selection.ts'
import { TenantRow } from './TenantRow.tsx'
import type { useVirtualRows } from '../kit/useVirtualRows.ts'

interface Column {
  name: string
  width: string
  order?: Order
  direction?: 'ascending' | 'descending'
}

const COLUMNS: readonly Column[] = [
  { name: 'Tenant', width: 'auto', order: 'NAME', direction: 'ascending' },
  { name: 'Status', width: '128px', order: 'STATUS', direction: 'ascending' },
  { name: 'Plan', width: '104px' },
  { name: 'Region', width: '104px' },
  { name: 'Inside now', width: '192px' },
  { name: 'Last entered', width: '116px', order: 'LAST_IMPERSONATED_DESC', direction: 'descending' },
  { name: 'Created', width: '116px', order: 'CREATED_AT_DESC', direction: 'descending' },
]
const WIDTH = COLUMNS.length + 1

interface Props {
  tenants: readonly Row[]
  total: number | null
  outdated: boolean
  virtual: ReturnType<typeof useVirtualRows>
  selection: Selection
  order: Order
  setOrder: (order: Order) => void
}

export function TenantTable({ tenants, total, outdated, virtual, selection, order, setOrder }: Props): ReactNode {
  const { hold, rows, above, below } = virtual
  const { toggle } = selection
  return (
    <div className={css['scroll']}>
      <table
        aria-rowcount={(total ?? tenants.length) + 1}
        className={css['table']}
        data-outdated={outdated || undefined}
      >
        <caption className="unseen">Tenants</caption>
        <colgroup>
          <col style={{ width: 32 }} />
          {COLUMNS.map(({ name, width }) => (
            <col key={name} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th className={css['pick']} scope="col">
              <input
                aria-label="Select all that are shown"
                checked={tenants.length > 0 && tenants.every(selection.has)}
                onChange={() => selection.all(tenants)}
                type="checkbox"
              />
            </th>
            {COLUMNS.map((column) => (
              <Head column={column} current={order} key={column.name} setOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody ref={hold}>
          <Spacer height={above} />
          {rows.map(({ index }) => {
            const tenant = tenants[index]
            return tenant ? (
              <TenantRow index={index} key={tenant.id} picked={selection.has(tenant)} tenant={tenant} toggle={toggle} />
            ) : null
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  )
}

function Head(props: { column: Column; current: Order; setOrder: (order: Order) => void }): ReactNode {
  const { name, order, direction } = props.column
  if (!order || !direction) return <th scope="col">{name}</th>
  const here = props.current === order
  return (
    <th aria-sort={here ? direction : 'none'} scope="col">
      <button className={page['sort']} onClick={() => props.setOrder(order)} type="button">
        {name}
        {here ? <Icon name="down" size={12} /> : null}
      </button>
    </th>
  )
}

/** The room of rows that are not drawn. */
function Spacer({ height }: { height: number }): ReactNode {
  if (height <= 0) return null
  return (
    <tr aria-hidden="true">
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- room, and no control */}
      <td className={css['spacer']} colSpan={WIDTH} style={{ height }} />
    </tr>
  )
}
