import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useNavigate, useParams, useRouterState } from '@tanstack/react-router'

import { exportLedger } from '../frame/asking.ts'
import { placesFor } from '../frame/places.ts'
import { useViewer } from '../frame/viewer.tsx'
import type { IconName } from '../kit/icons.tsx'
import { say } from '../kit/toast.ts'
import { ledgerSearch, type LedgerSearch } from '../ledger/search.ts'
import { setDensity, useDensity } from '../theme/density.ts'
import { lackingFor } from './deeds.ts'
import type { Item, Verb } from './item.ts'

const THEMES: readonly (readonly [MantineColorScheme, string, IconName])[] = [
  ['light', 'Light theme', 'sun'],
  ['dark', 'Dark theme', 'moon'],
  ['auto', 'Theme as the system', 'screen'],
]

/** What needs no search: places, and what is done to the console itself. */
export function useCommands(help: () => void): Item[] {
  const navigate = useNavigate()
  const { may } = useViewer()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const density = useDensity()
  const chosen = useChosen()
  const other = density === 'dense' ? 'comfortable' : 'dense'
  const ask = (verb: Verb, name: string, fill: string, icon: IconName, also: string): Item => {
    return { id: verb, group: 'Do', name, fill, icon, also, whyNot: lackingFor(verb, may), run: () => undefined }
  }
  return [
    ...placesFor(may).map(({ name, to, icon, hint }): Item => {
      const run = () => void navigate({ to })
      return { id: to, group: 'Go to', name, icon, run, hint }
    }),
    {
      id: 'graphiql',
      group: 'Go to',
      name: 'GraphiQL',
      hint: 'Try the API',
      icon: 'braces',
      run: () => location.assign('/graphql'),
    },
    ask('enter', 'Impersonate…', 'impersonate ', 'enter', 'enter a tenant'),
    ask('suspend', 'Suspend a tenant…', 'suspend ', 'ban', ''),
    ask('lift', 'Lift a suspension…', 'lift ', 'check', 'unsuspend free a tenant'),
    {
      id: 'export',
      group: 'Do',
      name: `Export the ledger${chosen.tenant ? ` of ${chosen.tenant}` : ''}…`,
      also: 'audit download csv ndjson',
      icon: 'download',
      whyNot: lackingFor('export', may),
      run: () => exportLedger(chosen),
    },
    { id: 'link', group: 'Do', name: 'Copy the link to this view', icon: 'link', run: () => void copyLink() },
    ...THEMES.filter(([scheme]) => scheme !== colorScheme).map(([scheme, name, icon]): Item => {
      return { id: scheme, group: 'Do', name, icon, run: () => setColorScheme(scheme) }
    }),
    {
      id: 'density',
      group: 'Do',
      name: other === 'dense' ? 'Dense rows' : 'Comfortable rows',
      hint: 'Density',
      icon: 'rows',
      run: () => setDensity(other),
    },
    { id: 'keys', group: 'Do', name: 'Keyboard shortcuts', icon: 'key', run: help },
  ]
}

/** What an export from here is of: what the ledger is filtered by, or the tenant of the page. */
function useChosen(): LedgerSearch {
  const { slug } = useParams({ strict: false }) as { slug?: string }
  const { pathname, search } = useRouterState({ select: ({ location: at }) => at })
  if (slug !== undefined) return { tenant: slug }
  return pathname === '/ledger' ? ledgerSearch({ ...search }) : {}
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href)
    say('The link is copied')
  } catch {
    say('The browser did not let the link be copied: take it from the address bar')
  }
}
