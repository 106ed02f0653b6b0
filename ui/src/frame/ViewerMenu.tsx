import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { signOut } from '../api/signin.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Icon, type IconName } from '../kit/icons.tsx'
import { unfold } from '../kit/text.ts'
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
  const [failure, setFailure] = useState('')
  return (
    <Menu position="bottom-end" width={248}>
      <Menu.Target>
        <UnstyledButton aria-label={`${viewer.name}, menu`} className={css['target']}>
          <Avatar name={viewer.name} />
          <span>{viewer.name}</span>
          <Icon name="down" size={12} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={css['dropdown'] ?? ''}>
        <div className={css['who']}>
          {viewer.email}
          <br />
          {viewer.roles.map((role) => unfold(role)).join(', ')}
        </div>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        {THEMES.map(([scheme, word, icon]) => (
          <Menu.Item
            aria-checked={colorScheme === scheme}
            key={scheme}
            leftSection={<Icon name={icon} />}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? <Icon name="check" size={14} /> : null}
            role="menuitemradio"
          >
            {word}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={<Icon name="exit" />}
          onClick={() => {
            signOut().catch((error: unknown) => setFailure(error instanceof Error ? error.message : 'Signing out did not work.'))
          }}
        >
          Sign out{viewer.inside ? ` and leave ${viewer.inside.tenant.name}` : ''}
        </Menu.Item>
        {failure ? (
          <p className={css['failure']} role="alert">
            {failure}
          </p>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}
