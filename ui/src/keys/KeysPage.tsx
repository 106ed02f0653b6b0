import { Button } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useQuery } from 'urql'

import { useLedgerNews } from '../frame/useLedgerNews.ts'
import { FilterToggle } from '../kit/FilterMenu.tsx'
import { Icon } from '../kit/icons.tsx'
import page from '../kit/page.module.css'
import { Empty, Failed, Loading } from '../kit/States.tsx'
import { lateDialog } from '../kit/lateDialog.tsx'
import { count, globalId } from '../kit/text.ts'
import { useTitle } from '../kit/useTitle.ts'
import { KEY_KINDS, KeyNow, Keys, type Key } from './keys.ts'
import { KeyTable } from './KeyTable.tsx'

const IssueDialog = lateDialog(() => import('./IssueDialog.tsx'))
const RevokeDialog = lateDialog(() => import('./RevokeKeyDialog.tsx'))
const route = getRouteApi('/keys')

/** The keys of services: what each may do, when it was used last, and the means to end it. */
export function KeysPage(): ReactNode {
  useTitle('Keys')
  const { revoked = false } = route.useSearch()
  const navigate = route.useNavigate()
  const [{ data, error }, reload] = useQuery({ query: Keys })
  useLedgerNews({
    kinds: KEY_KINDS,
    now: KeyNow,
    concerns: ({ details }) => globalId('ServiceKey', (details as { keyId: string }).keyId),
  })
  const [issuing, setIssuing] = useState(false)
  const [revoking, setRevoking] = useState<Key>()
  const all = data?.serviceKeys
  const keys = all?.filter(({ revokedAt }) => revoked || revokedAt === null)
  const issue = (
    <Button leftSection={<Icon name="plus" />} onClick={() => setIssuing(true)}>
      Issue a key…
    </Button>
  )
  return (
    <>
      <h1 className="unseen">Keys</h1>
      <div className={page['heading']}>
        <FilterToggle
          name="Also revoked ones"
          on={revoked}
          onChange={(on) => void navigate({ search: on ? { revoked: true } : {}, replace: true })}
        />
        {issue}
      </div>
      {!keys ? (
        error ? (
          <Failed error={error} retry={reload} />
        ) : (
          <Loading rows={6} what="keys" />
        )
      ) : keys.length === 0 ? (
        <Empty title={all?.length ? 'No key is in use' : 'No key yet'}>
          A product that is to be entered needs one, and so does every script that asks the API.
        </Empty>
      ) : (
        <>
          <KeyTable keys={keys} revoke={setRevoking} />
          <p aria-live="polite" className={page['more']}>
            {count(keys.length, 'key')}
          </p>
        </>
      )}
      {issuing ? <IssueDialog close={() => setIssuing(false)} /> : null}
      {revoking ? <RevokeDialog close={() => setRevoking(undefined)} of={revoking} /> : null}
    </>
  )
}
