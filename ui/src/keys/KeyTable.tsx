import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Ago } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import { Pill } from '../kit/Pill.tsx'
import { PERMISSIONS } from '../kit/roles.ts'
import { date, instant } from '../kit/time.ts'
import css from './keys.module.css'
import type { Key } from './keys.ts'

export function KeyTable({ keys, revoke }: { keys: readonly Key[]; revoke: (key: Key) => void }): ReactNode {
  return (
    <div className={page['scroll']}>
      <table className={page['table']}>
        <caption className="unseen">Keys</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">May</th>
            <th scope="col">Sees</th>
            <th scope="col">Last used</th>
            <th scope="col">Issued</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td>
                <strong>{key.name}</strong> <span className="muted mono">{key.prefix}…</span>
              </td>
              <td className={css['may']}>
                {key.permissions.map((permission) => (
                  <span className="mono" key={permission} title={PERMISSIONS[permission]}>
                    {permission}
                  </span>
                ))}
              </td>
              <td>
                {key.tenant ? (
                  <Link params={{ slug: key.tenant.slug }} to="/tenants/$slug">
                    {key.tenant.name}
                  </Link>
                ) : (
                  'Every tenant'
                )}
              </td>
              <td>{key.lastUsedAt ? <Ago at={key.lastUsedAt} /> : <span className="muted">never</span>}</td>
              <td className="time">{date(key.createdAt)}</td>
              <td>
                {key.revokedAt ? (
                  <span title={instant(key.revokedAt)}>
                    <Pill plain sign={{ word: 'Revoked', icon: 'ban', tone: 'red' }} />
                  </span>
                ) : (
                  <span className={page['person']}>
                    <Pill plain sign={{ word: 'In use', icon: 'check', tone: 'green' }} />
                    <Button
                      aria-label={`Revoke ${key.name}`}
                      color="red"
                      onClick={() => revoke(key)}
                      size="compact-xs"
                      variant="subtle"
                    >
                      Revoke…
                    </Button>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
