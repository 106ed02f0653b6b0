import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { signOut } from '../api/signin.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Icon, type IconName } from '../kit/icons.tsx'
import { ROLES } from '../kit/roles.ts'
import { setDensity, useDensity, type Density } from '../theme/density.ts'
import css from './menu.module.css'
import { useViewer } from './viewer.tsx'

const THEMES: [MantineColorScheme, string, IconName][] = [
  ['auto', 'As the system', 'screen'],
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
]

export function ViewerMenu(): ReactNode {
  const viewer = useViewer()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const density = useDensity()
  const [failure, setFailure] = useState('')
  return (
    <Menu position="bottom-end" width={248} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={css['target']}>
          <Avatar name={viewer.name} />
          <span>{viewer.name}</span>
          <Icon name="down" size={12} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={css['dropdown'] ?? ''}>
        <Menu.Label>
          {viewer.email}
          <br />
          {viewer.roles.map((role) => ROLES[role].word).join(', ')}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        <Menu.RadioGroup onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)} value={colorScheme}>
          {THEMES.map(([scheme, word, icon]) => (
            <Menu.RadioItem key={scheme} rightSection={<Icon name={icon} />} value={scheme}>
              {word}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>Rows</Menu.Label>
        <Menu.RadioGroup onChange={(next) => setDensity(next as Density)} value={density}>
          <Menu.RadioItem rightSection={<Icon name="rows" />} value="comfortable">
            Comfortable
          </Menu.RadioItem>
          <Menu.RadioItem rightSection={<Icon name="denseRows" />} value="dense">
            Dense
          </Menu.RadioItem>
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={<Icon name="exit" />}
          onClick={() => {
            signOut().catch((error: unknown) =>
              setFailure(error instanceof Error ? error.message : 'Signing out did not work.'),
            )
          }}
        >
          Sign out{viewer.inside ? ` and leave ${viewer.inside.tenant.name}` : ''}
        </Menu.Item>
        {failure ? (
          <Menu.Label className={css['failure'] ?? ''} role="alert">
            {failure}
          </Menu.Label>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}
