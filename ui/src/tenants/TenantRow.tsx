import { Link, useNavigate } from '@tanstack/react-router'
import { memo, type MouseEvent, type ReactNode } from 'react'

import { InsideNow } from '../kit/InsideNow.tsx'
import { Ago } from '../kit/Moment.tsx'
import { StatusPill } from '../kit/Pill.tsx'
import { date } from '../kit/time.ts'
import type { Row } from './list.ts'
import css from './list.module.css'

interface Props {
  tenant: Row
  index: number
  picked: boolean
  toggle: (tenant: Row) => void
}

export const TenantRow = memo(function TenantRow({ tenant, index, picked, toggle }: Props): ReactNode {
  const navigate = useNavigate()
  const entered = tenant.sessions.nodes[0]?.startedAt

  function open(event: MouseEvent): void {
    // The name is the link; the rest of the row follows it, unless something else is meant.
    if (event.target instanceof Element && event.target.closest('a, input, label')) return
    if (getSelection()?.toString()) return
    void navigate({ to: '/tenants/$slug', params: { slug: tenant.slug } })
  }

  return (
    <tr aria-rowindex={index + 2} data-picked={picked || undefined} data-row={index} onClick={open}>
      <td className={css['pick']}>
        <input
          aria-label={`Select ${tenant.name}`}
          checked={picked}
          onChange={() => toggle(tenant)}
          tabIndex={-1}
          type="checkbox"
        />
      </td>
      <td title={`${tenant.name} (${tenant.slug})`}>
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
        <div className={css['inside']}>
          <InsideNow sessions={tenant.activeSessions} />
        </div>
      </td>
      <td className="figures">{entered ? <Ago at={entered} /> : <None />}</td>
      <td className="time">{date(tenant.createdAt)}</td>
    </tr>
  )
})

function None(): ReactNode {
  return <span className="muted">–</span>
}
