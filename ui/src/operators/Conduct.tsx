import type { ReactNode } from 'react'

import page from '../kit/page.module.css'
import css from './operators.module.css'
import type { OperatorDetail } from './operators.ts'

/** What an auditor asks about one person, over the last thirty days. */
export function Conduct({ of }: { of: OperatorDetail['conduct'] }): ReactNode {
  if (!of) return null
  const figures = [
    ['Sessions', of.started],
    ['Tenants', of.tenants],
    ['Stopped by hand', of.stopped],
    ['Ran out', of.expired],
    ['Abandoned', of.abandoned],
    ['Without ticket', of.withoutTicket],
  ] as const
  return (
    <section className={page['section']}>
      <h2>Last 30 days</h2>
      <dl className={css['figures']}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
