import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { Avatar } from '../kit/Avatar.tsx'
import { Copy } from '../kit/Copy.tsx'
import page from '../kit/page.module.css'
import { Pill } from '../kit/Pill.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import css from './operators.module.css'
import type { OperatorDetail } from './operators.ts'

const GrantDialog = lateDialog(() => import('./GrantDialog.tsx'))
const SignInDialog = lateDialog(() => import('./SignInDialog.tsx'))

export function OperatorHeader({ operator }: { operator: OperatorDetail }): ReactNode {
  const { id, may } = useViewer()
  const [open, setOpen] = useState<'grant' | 'sign-in'>()
  const close = () => setOpen(undefined)
  const own = id === operator.id
  return (
    <header className={page['heading']}>
      <div>
        <div className={css['who']}>
          <Avatar name={operator.name} />
          <h1>{operator.name}</h1>
          {operator.disabled ? <Pill sign={{ word: 'Disabled', icon: 'ban', tone: 'red' }} /> : null}
        </div>
        <p className="muted">
          {operator.email} <Copy text={operator.email} what="the address" />
        </p>
      </div>
      {may('OPERATOR_GRANT') ? (
        <div className={page['person']}>
          {own ? (
            <p className="muted small" id="own">
              Nobody changes their own roles: ask another admin.
            </p>
          ) : null}
          <Button
            aria-describedby={own ? 'own' : undefined}
            color={operator.disabled ? 'blue' : 'red'}
            disabled={own}
            onClick={() => setOpen('sign-in')}
            variant={operator.disabled ? 'default' : 'outline'}
          >
            {operator.disabled ? 'Enable…' : 'Disable…'}
          </Button>
          <Button aria-describedby={own ? 'own' : undefined} disabled={own} onClick={() => setOpen('grant')}>
            Grant a role…
          </Button>
        </div>
      ) : null}
      {open === 'grant' ? <GrantDialog close={close} operator={operator} /> : null}
      {open === 'sign-in' ? <SignInDialog close={close} operator={operator} /> : null}
    </header>
  )
}
