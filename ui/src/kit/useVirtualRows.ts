import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useState } from 'react'

import { ROW, useDensity } from '../theme/density.ts'

interface VirtualRows {
  /** The `ref` of the table's body. */
  hold: (body: HTMLElement | null) => void
  rows: readonly VirtualItem[]
  /** In pixels, the room of the rows that are not drawn. */
  above: number
  below: number
  /** Brings a row into view and puts the focus on its link. */
  focus: (index: number) => void
}

/** Draws those rows of a long table that are in the window, and a few around. */
export function useVirtualRows(count: number): VirtualRows {
  const [body, hold] = useState<HTMLElement | null>(null)
  const height = ROW[useDensity()]
  const margin = useTop(body)
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by a compiler
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: margin,
  })
  useLayoutEffect(() => virtual.measure(), [height, virtual])
  const rows = virtual.getVirtualItems()
  const first = rows[0]
  const last = rows.at(-1)
  return {
    hold,
    rows,
    above: first ? first.start - margin : 0,
    below: last ? virtual.getTotalSize() - (last.end - margin) : 0,
    focus: (index) => {
      // At once where it is drawn: the next key may come before the next frame.
      if (show(body, index)) return
      virtual.scrollToIndex(index)
      requestAnimationFrame(() => show(body, index))
    },
  }
}

/** Puts the focus on a row's link, the row clear of what sticks to the window (base.css); false where it is not drawn. */
function show(body: HTMLElement | null, index: number): boolean {
  const row = body?.querySelector(`tr[data-row="${index}"]`)
  if (!row) return false
  row.querySelector('a')?.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
  return true
}

/** How far below the top of the page something begins; filters and messages above it come and go. */
function useTop(element: HTMLElement | null): number {
  const [top, setTop] = useState(0)
  useEffect(() => {
    if (!element) return undefined
    const look = () => setTop(Math.round(element.getBoundingClientRect().top + scrollY))
    const observer = new ResizeObserver(look)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [element])
  return top
}
