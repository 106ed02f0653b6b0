import { Outlet, useMatches } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'

import { heightAs } from '../kit/heightAs.ts'
import { Lacks } from '../kit/Lacks.tsx'
import { fetchParts } from '../kit/late.ts'
import { lateDialog } from '../kit/lateDialog.tsx'
import { useModShortcut, useShortcuts } from '../kit/shortcut.ts'
import { AskedDialog } from './AskedDialog.tsx'
import css from './frame.module.css'
import { Notices } from './Notices.tsx'
import { OwnSession } from './OwnSession.tsx'
import { PaletteAtOnce } from './PaletteAtOnce.tsx'
import { placeOf } from './places.ts'
import { useEverySession } from './sessions.ts'
import { Sidebar } from './Sidebar.tsx'
import { Toasts } from './Toasts.tsx'
import { TopBar } from './TopBar.tsx'
import { TypedBefore } from './TypedBefore.tsx'
import { useViewer, WithViewer } from './viewer.tsx'

const Keys = lateDialog(() => import('./KeysDialog.tsx'))

/** What surrounds every page. */
export function Frame(): ReactNode {
  return (
    <WithViewer>
      <Following />
      <div className={css['frame']}>
        <a className="unseen skip" href="#page">
          Skip to the page
        </a>
        <Sidebar />
        <div className={css['main']}>
          <Head />
          <main className={css['page']} id="page" tabIndex={-1}>
            <Page />
          </main>
        </div>
      </div>
      <Toasts />
      <AskedDialog />
    </WithViewer>
  )
}

/** The page of the address, for who may see it; for who may not, nothing of it is asked. */
function Page(): ReactNode {
  const { may } = useViewer()
  const path = useMatches({ select: (matches) => matches.at(-1)?.pathname ?? '/' })
  const needs = placeOf(path)?.needs
  return needs === undefined || may(needs) ? <Outlet /> : <Lacks permission={needs} />
}

/** By when the first page stands, in ms: from then on what may be needed comes in advance. */
const LOADED = 10_000

/** Draws nothing, so that nothing is drawn anew by what it hears. */
function Following(): ReactNode {
  useEverySession()
  useEffect(() => {
    const timer = setTimeout(() => void fetchParts(), LOADED)
    return () => clearTimeout(timer)
  }, [])
  return null
}

/** The palette opens over no other dialog: what it does could take that away, with the answer that it waits for. */
const isTaken = () => document.querySelector('[role=dialog]') !== null

/** Heads of tables stick below this one, whose height changes with one's own session. */
const measured = heightAs('--head-height')

function Head(): ReactNode {
  const [open, setOpen] = useState<'palette' | 'keys'>()
  const close = () => setOpen(undefined)
  useModShortcut('k', () => setOpen((before) => (before === 'palette' ? undefined : isTaken() ? before : 'palette')))
  useShortcuts({ '?': () => setOpen('keys') })
  return (
    <div className={css['head']} ref={measured}>
      <OwnSession />
      <TopBar search={() => setOpen('palette')} />
      <Notices />
      <TypedBefore />
      <PaletteAtOnce close={close} help={() => setOpen('keys')} open={open === 'palette'} />
      {open === 'keys' ? <Keys close={close} /> : null}
    </div>
  )
}
