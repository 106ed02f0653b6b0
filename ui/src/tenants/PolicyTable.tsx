import type { ReactNode } from 'react'

import { Utc } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import css from './policy.module.css'
import { GROUPS, inWords, type Rule, type Rules } from './rules.ts'

/** Every rule in force: what it is, where it comes from, and who set it when. */
export function PolicyTable({ rules, name }: { rules: Rules; name: string }): ReactNode {
  return (
    <div className={page['scroll']}>
      <table className={page['table']}>
        <caption className="unseen">Rules in force, version {rules.version}</caption>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">In force</th>
            <th scope="col">From</th>
            <th scope="col">Set by</th>
            <th scope="col">Set at, UTC</th>
          </tr>
        </thead>
        {Object.entries(GROUPS).map(([group, members]) => (
          <tbody key={group}>
            <tr className={css['group']}>
              <th colSpan={5} scope="rowgroup">
                {group}
              </th>
            </tr>
            {members.map((rule) => (
              <Row key={rule.field} name={name} rule={rule} rules={rules} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

function Row({ rule, rules, name }: { rule: Rule; rules: Rules; name: string }): ReactNode {
  const whence = rules.provenance.find(({ field }) => field === rule.field)
  return (
    <tr>
      <td>{rule.label}</td>
      <td className={css['value']}>{inWords(rule.field, rules[rule.field])}</td>
      <td>
        {whence ? (
          <span className={css['source']} data-own={whence.source === 'TENANT' || undefined}>
            {sourceWord(whence.source, name)}
            {whence.version === null ? null : <span className="muted"> · version {whence.version}</span>}
          </span>
        ) : null}
      </td>
      <td>{whence?.setBy?.name ?? <span className="muted">–</span>}</td>
      <td>{whence?.setAt ? <Utc at={whence.setAt} /> : <span className="muted">–</span>}</td>
    </tr>
  )
}

/** Where a value comes from, in words. */
function sourceWord(source: Rules['provenance'][number]['source'], name: string): string {
  switch (source) {
    case 'TENANT':
      return `${name} alone`
    case 'DEPLOYMENT':
      return 'All tenants'
    case 'PROFILE':
      return 'The profile of all tenants'
    case 'SYSTEM':
      return 'The limit of Actas itself'
    default:
      return 'As shipped'
  }
}
