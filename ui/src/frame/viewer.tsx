import { Button } from '@mantine/core'
import { createContext, use, useEffect, useMemo, type ReactNode } from 'react'
import { useQuery } from 'urql'

import type { Session } from '../api/fragments.ts'
import type { ResultOf } from '../api/graphql.ts'
import { signOut } from '../api/signin.ts'
import { recallTyped } from '../api/typed.ts'
import { ViewerQuery } from '../api/viewer.ts'
import type { Role } from '../kit/roles.ts'
import { Failed, Forbidden, Loading } from '../kit/States.tsx'

export type Permission = ResultOf<typeof ViewerQuery>['viewer']['permissions'][number]
interface Viewer {
  id: string
  name: string
  email: string
  roles: readonly Role[]
  /** The session that is live in this browser. */
  inside: Session | null
  may: (permission: Permission) => boolean
}

const Context = createContext<Viewer | null>(null)

/** Who is signed in; only within `WithViewer`. */
export function useViewer(): Viewer {
  const viewer = use(Context)
  if (!viewer) throw new Error('useViewer needs WithViewer around it')
  return viewer
}

/** Shows its children once it is known who looks at them. */
export function WithViewer({ children }: { children: ReactNode }): ReactNode {
  const [{ data, error }, retry] = useQuery({ query: ViewerQuery })
  const viewer = useMemo(() => (data ? of(data.viewer) : null), [data])
  const id = viewer?.id
  useEffect(() => (id === undefined ? undefined : recallTyped(id)), [id])
  if (!viewer) return error ? <Failed error={error} retry={retry} /> : <Loading rows={3} what="the console" />
  if (data?.viewer.permissions.length === 0) return <Shut />
  return <Context value={viewer}>{children}</Context>
}

const again = (): void => location.reload()

/** The last role was taken away while the page was open. */
function Shut(): ReactNode {
  return (
    <Forbidden
      action={
        <>
          <Button onClick={again}>Look again</Button>
          <Button onClick={() => void signOut().catch(again)} variant="default">
            Sign out
          </Button>
        </>
      }
    >
      You have no role any more. Ask an admin for one, then look again: what you were typing, if anything, is kept.
    </Forbidden>
  )
}

function of({ operator, permissions, impersonation }: ResultOf<typeof ViewerQuery>['viewer']): Viewer {
  return {
    id: operator?.id ?? '',
    name: operator?.name ?? 'Service',
    email: operator?.email ?? '',
    roles: operator?.roles ?? [],
    inside: impersonation,
    may: (permission) => permissions.includes(permission),
  }
}
