import { useShortcuts } from './shortcut.ts'

/**
 * Keys of a table whose rows carry `data-row`: arrows or j and k go from row to row, the others act on the row that has
 * the focus, else on the one under the pointer.
 */
export function useRowKeys(
  count: number,
  focus: (index: number) => void,
  act: Readonly<Record<string, (index: number) => void>>,
): void {
  const go = (by: number) => (event: KeyboardEvent) => {
    if (count === 0) return
    event.preventDefault()
    const from = focused()
    focus(from === undefined ? 0 : Math.min(count - 1, Math.max(0, from + by)))
  }
  const acts = Object.entries(act).map(([key, on]) => [
    key,
    (event: KeyboardEvent) => {
      const index = focused() ?? indexOf(document.querySelector('tr[data-row]:hover'))
      if (index === undefined) return
      event.preventDefault()
      on(index)
    },
  ])
  useShortcuts({ ArrowDown: go(1), j: go(1), ArrowUp: go(-1), k: go(-1), ...Object.fromEntries(acts) })
}

const focused = () => indexOf(document.activeElement?.closest('tr[data-row]') ?? null)

function indexOf(row: Element | null): number | undefined {
  return row instanceof HTMLElement ? Number(row.dataset['row']) : undefined
}
