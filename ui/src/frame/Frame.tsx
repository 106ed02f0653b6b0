import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import css from './frame.module.css'
import { OwnSession } from './OwnSession.tsx'
import { useSessionEvents } from './sessions.ts'
import { Sidebar } from './Sidebar.tsx'
import { TopBar } from './TopBar.tsx'
import { useViewer, WithViewer } from './viewer.tsx'

/** What surrounds every page. */
export function Frame(): ReactNode {
  return (
    <WithViewer>
      <Inner />
    </WithViewer>
  )
}

function Inner(): ReactNode {
  useSessionEvents(useViewer())
  return (
    <div className={css['frame']}>
      <a className="unseen skip" href="#page">
        Skip to the page
      </a>
      <Sidebar />
      <div className={css['main']}>
        <div className={css['head']}>
          <OwnSession />
          <TopBar />
        </div>
        <main className={css['page']} id="page" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </div>
  )
}
