import { Modal } from '@mantine/core'
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from 'react'

import { useTyped } from '../kit/useTyped.ts'
import { Icon } from '../kit/icons.tsx'
import type { Item } from './item.ts'
import { List } from './List.tsx'
import css from './palette.module.css'
import { useItems } from './useItems.ts'

/** What one typed before it was there. */
export interface Begun {
  text: string
  entered: boolean
}

export interface PaletteProps {
  begun: Begun
  close: () => void
  /** Closes it without a choice. */
  leave: () => void
  help: () => void
}

/** At once: a letter that is typed meanwhile would be a key of the page. */
function focus(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true })
  field?.setSelectionRange(field.value.length, field.value.length)
}

/** One field that leads everywhere; whole by keyboard (the ARIA pattern of a combobox with a list). */
export default function Palette({ begun, close, leave, help }: PaletteProps): ReactNode {
  const [asked, ask] = useState(begun.text)
  const [text, setText] = useTyped(asked, ask)
  const { items, asks, busy, failed } = useItems(text, asked, help)
  const [at, setAt] = useState(0)
  // Enter before the search has answered means its first choice, not what happened to stand first until then;
  // before a place, the search puts nothing.
  const [entered, setEntered] = useState(begun.entered)
  const here = Math.min(at, items.length - 1)
  const open = busy && here <= 0 && items[0]?.group !== 'Go to'
  const id = useId()

  const meant = entered && !open ? items[here] : undefined
  useEffect(() => {
    if (meant) choose(meant)
  })

  function choose(item: Item | undefined): void {
    if (!item) return
    if (item.whyNot !== undefined) {
      setEntered(false)
      return
    }
    if (item.fill === undefined) {
      close()
      item.run()
    } else {
      write(item.fill)
    }
  }

  function write(next: string): void {
    setText(next)
    setAt(0)
    setEntered(false)
  }

  // Enter was for the line that stood there.
  function point(index: number): void {
    setAt(index)
    setEntered(false)
  }

  function onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + 8, PageUp: here - 8 }
    const next = steps[event.key]
    if (next !== undefined && items.length > 0) {
      event.preventDefault()
      const one = event.key.startsWith('Arrow')
      point(one ? (next + items.length) % items.length : Math.min(items.length - 1, Math.max(0, next)))
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      if (open) setEntered(true)
      else choose(items[here])
    }
  }

  return (
    <Modal centered={false} onClose={leave} opened padding={0} size={620} title="" withCloseButton={false} yOffset="12dvh">
      <div className={css['field']}>
        <Icon name="search" />
        <input
          aria-activedescendant={items[here] ? `${id}-${here}` : undefined}
          aria-autocomplete="list"
          aria-controls={id}
          aria-expanded={items.length > 0}
          aria-label="Search or jump to"
          autoComplete="off"
          data-autofocus
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={onKey}
          placeholder="A tenant, a person, a ticket, an id, or what you want to do"
          ref={focus}
          role="combobox"
          spellCheck={false}
          type="text"
          value={text}
        />
      </div>
      <List choose={choose} here={here} id={id} items={items} point={point} />
      <p className={css['said']} role="status">
        {asks ? 'Type the name or the slug of the tenant.' : said(items, busy, failed)}
      </p>
    </Modal>
  )
}

function said(items: readonly Item[], busy: boolean, failed: boolean): string {
  if (failed) return 'The search could not be asked just now; what is listed needs no search.'
  if (busy) return 'Searching…'
  if (items.length === 0) return 'Nothing found. Names, slugs, addresses, tickets and whole ids are searched.'
  const open = items.filter(({ whyNot }) => whyNot === undefined).length
  return open === 0 ? 'Nothing to choose: it says why not.' : `${open} to choose from`
}
