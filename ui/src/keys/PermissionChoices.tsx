import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

import type { Permission } from '../frame/viewer.tsx'
import { PERMISSIONS } from '../kit/roles.ts'
import { ALSO_FOR_PEOPLE, FOR_SERVICES, PRESETS } from './choices.ts'
import css from './keys.module.css'

interface Props {
  value: readonly Permission[]
  onChange: (value: readonly Permission[]) => void
  error: string | undefined
}

/** What a key may do: as little as it needs. */
export function PermissionChoices({ value, onChange, error }: Props): ReactNode {
  const toggle = (permission: Permission) =>
    onChange(value.includes(permission) ? value.filter((other) => other !== permission) : [...value, permission])
  return (
    <div aria-describedby={error ? 'permissions-error' : undefined} aria-label="Permissions" role="group">
      <div aria-label="Usual sets" className={css['presets']} role="group">
        {PRESETS.map(({ name, permissions }) => (
          <Button key={name} onClick={() => onChange(permissions)} size="compact-xs" variant="default">
            {name}
          </Button>
        ))}
      </div>
      <div className={css['groups']}>
        <Choices name="What services do" of={FOR_SERVICES} toggle={toggle} value={value} />
        <Choices name="What people do too" of={ALSO_FOR_PEOPLE} toggle={toggle} value={value} />
      </div>
      {error ? (
        <p className={css['error']} id="permissions-error" role="alert">
          {error}
        </p>
      ) : null}
    </div>
  )
}

function Choices(props: {
  name: string
  of: readonly Permission[]
  value: readonly Permission[]
  toggle: (permission: Permission) => void
}): ReactNode {
  return (
    <fieldset>
      <legend>{props.name}</legend>
      {props.of.map((permission) => (
        <label className={css['choice']} key={permission}>
          <input
            checked={props.value.includes(permission)}
            onChange={() => props.toggle(permission)}
            type="checkbox"
          />
          {PERMISSIONS[permission]}
          <span className="mono">{permission}</span>
        </label>
      ))}
    </fieldset>
  )
}
