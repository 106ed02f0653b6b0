import { Link, useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

import type { Session, Tenant } from '../api/fragments.ts'
import { Icon } from '../kit/icons.tsx'
import { InsideNow } from '../kit/InsideNow.tsx'
import page from '../kit/page.module.css'
import { StatusPill } from '../kit/Pill.tsx'
import { date } from '../kit/time.ts'
import type { Order } from './search.ts'

interface Row extends Tenant {
  activeSessions: Session[]
  sessions: { nodes: { id: string; startedAt: string | null }[] }
}

const COLUMNS: [name: string, order?: Order, direction?: 'ascending' | 'descending'][] = [
  ['Tenant', 'NAME', 'ascending'],
  ['Status', 'STATUS', 'ascending'],
  ['Plan'],
  ['Region'],
  ['Inside now'],
  ['Last entered', 'LAST_IMPERSONATED_DESC', 'descending'],
  ['Created', 'CREATED_AT_DESC', 'descending'],
]

export function TenantTable(props: {
  tenants: readonly Row[]
  order: Order
  setOrder: (order: Order) => void
}): ReactNode {
  return (
    <div className={page['scroll']}>
      <table className={page['table']}>
        <caption className="unseen">Tenants</caption>
        <thead>
          <tr>
            {COLUMNS.map(([name, order, direction]) =>
              order && direction ? (
                <th aria-sort={props.order === order ? direction : 'none'} key={name} scope="col">
                  <button className={page['sort']} onClick={() => props.setOrder(order)} type="button">
                    {name}
                    {props.order === order ? <Icon name="down" size={12} /> : null}
                  </button>
                </th>
              ) : (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {props.tenants.map((tenant) => (
            <TenantRow key={tenant.id} tenant={tenant} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TenantRow({ tenant }: { tenant: Row }): ReactNode {
  const navigate = useNavigate()
  const entered = tenant.sessions.nodes[0]?.startedAt

  function open(event: MouseEvent): void {
    // The name is the link; the rest of the row follows it, unless text is being selected.
    if (event.target instanceof Element && event.target.closest('a')) return
    if (getSelection()?.toString()) return
    void navigate({ to: '/tenants/$slug', params: { slug: tenant.slug } })
  }

  return (
    <tr data-opens onClick={open}>
      <td>
        <Link params={{ slug: tenant.slug }} to="/tenants/$slug">
          {tenant.name}
        </Link>{' '}
        <span className="muted mono">{tenant.slug}</span>
      </td>
      <td>
        <span className="figures">
          <StatusPill status={tenant.status} />
        </span>
      </td>
      <td>{tenant.plan ?? <None />}</td>
      <td>{tenant.region ?? <None />}</td>
      <td>
        <InsideNow sessions={tenant.activeSessions} />
      </td>
      <td className="time">{entered ? date(entered) : <None />}</td>
      <td className="time">{date(tenant.createdAt)}</td>
    </tr>
  )
}

function None(): ReactNode {
  return <span className="muted">–</span>
}
