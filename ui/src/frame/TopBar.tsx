import { Kbd } from '@mantine/core'
import type { ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import { MOD } from '../kit/shortcut.ts'
import { ConnectionLight } from './ConnectionLight.tsx'
import { Crumbs } from './Crumbs.tsx'
import css from './frame.module.css'
import { ViewerMenu } from './ViewerMenu.tsx'

export function TopBar({ search }: { search: () => void }): ReactNode {
  return (
    <header className={css['top']}>
      <Crumbs />
      <div className={css['right']}>
        <button
          aria-keyshortcuts="Control+K Meta+K"
          className={css['find']}
          onClick={search}
          type="button"
        >
          <Icon name="search" />
          <span>Search or jump to…</span>
          <Kbd aria-hidden="true" size="xs">
            {MOD} K
          </Kbd>
        </button>
        <ConnectionLight />
        <ViewerMenu />
      </div>
    </header>
  )
}
