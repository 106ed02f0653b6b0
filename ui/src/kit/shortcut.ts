import { useEffect, useEffectEvent } from 'react'

import { kept } from './held.ts'

const FIELDS = 'input, textarea, select, [contenteditable]'

const isCharacter = ({ key }: KeyboardEvent) => key.length === 1

/** Whether keys belong to a field now, or to something that lies over the page. */
function taken(event: KeyboardEvent): boolean {
  const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null
  const ticking = event.target instanceof HTMLInputElement && event.target.type === 'checkbox'
  return (typing && !ticking) || document.querySelector('[role=dialog], [role=menu]') !== null
}

const single = kept<'on' | 'off'>('actas-single-keys', ['on', 'off'])

/** Whether a letter or sign alone does anything (WCAG 2.1.4: speech presses keys that nobody meant). */
export const useSingleKeys = (): boolean => single.use() === 'on'
export const setSingleKeys = (on: boolean): void => single.set(on ? 'on' : 'off')

/** Single keys that do something while nothing is typed: `{ '/': focusSearch, x: select }`; letters and signs where they are on. */
export function useShortcuts(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const on = useSingleKeys()
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (!on && isCharacter(event)) return
    const act = keys[event.key]
    if (act && !taken(event)) act(event)
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => press(event)
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

/** Ctrl-K or Cmd-K and the like, wherever one is. */
export function useModShortcut(key: string, act: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== key || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    event.preventDefault()
    act()
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => press(event)
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

/** What the key beside which K is pressed is called here. */
export const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'
