import type { ReactNode } from 'react'

import { Utc } from '../kit/Moment.tsx'
import page from '../kit/page.module.css'
import css from './policy.module.css'
import { inWords, ruleName, type Version } from './rules.ts'

/** How the rules came to be what they are: each version with who, when, why, and what it says. */
export function PolicyVersions({ versions, name }: { versions: readonly Version[]; name: string }): ReactNode {
  return (
    <section className={`${page['section']} ${css['versions']}`}>
      <h2>Versions</h2>
      {versions.length === 0 ? (
        <p className="muted">Nobody has changed the rules: they are as shipped.</p>
      ) : (
        <ol className={css['list']}>
          {versions.map((version) => (
            <li key={version.version}>
              <p>
                <strong>Version {version.version}</strong>, for {version.forTenant ? name : 'all tenants'}, by{' '}
                {version.setBy.name}, <Utc at={version.setAt} /> UTC
              </p>
              <p>“{version.reason}”</p>
              <Said rules={version.rules} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Said({ rules }: { rules: unknown }): ReactNode {
  const said = Object.entries((rules ?? {}) as Record<string, unknown>)
  if (said.length === 0) return <p className="muted small">No rule of its own any more.</p>
  return (
    <p className="muted small">
      {said.map(([field, value]) => `${ruleName(apiName(field))}: ${inWords(apiName(field), value)}`).join(' · ')}
    </p>
  )
}

/** Versions are kept by the names that they were stored with. */
const apiName = (field: string): string => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
