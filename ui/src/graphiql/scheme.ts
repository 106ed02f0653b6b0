import { useSyncExternalStore } from 'react'

/** Where Mantine keeps the choice that was made in the console's menu. */
const KEY = 'mantine-color-scheme-value'
const dark = matchMedia('(prefers-color-scheme: dark)')

/** Light or dark as chosen in the console, also while this page is open; else as the system has it. */
export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore(watch, chosen)
}

function chosen(): 'light' | 'dark' {
  const choice = localStorage.getItem(KEY)
  if (choice === 'light' || choice === 'dark') return choice
  return dark.matches ? 'dark' : 'light'
}

function watch(changed: () => void): () => void {
  addEventListener('storage', changed)
  dark.addEventListener('change', changed)
  return () => {
    removeEventListener('storage', changed)
    dark.removeEventListener('change', changed)
  }
}
