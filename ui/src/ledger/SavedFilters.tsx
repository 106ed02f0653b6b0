import { Button, TextInput } from '@mantine/core'
import { useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react'

import { useViewer } from '../frame/viewer.tsx'
import { Icon } from '../kit/icons.tsx'
import { focus } from '../kit/focus.ts'
import css from './ledger.module.css'
import { useSaved } from './saved.ts'
import { filterWords, type LedgerSearch } from './search.ts'

/** Filters that one needs again, under names of one's own. */
export function SavedFilters(props: { current: LedgerSearch; apply: (search: LedgerSearch) => void }): ReactNode {
  const { current, apply } = props
  const { saved, trouble, save, forget } = useSaved(useViewer().id)
  const [naming, setNaming] = useState(false)
  const [name, setName] = useState('')
  const section = useRef<HTMLElement>(null)
  const any = Object.values(current).some(Boolean)
  if (naming && !any) setNaming(false)
  if (!any && saved.length === 0 && !trouble) return null

  function submit(event: FormEvent): void {
    event.preventDefault()
    save(name.trim() || filterWords(current), current)
    leave()
  }

  function leave(): void {
    setNaming(false)
    setName('')
    // The field goes, and the focus was in it.
    section.current?.focus()
  }

  function leaveByEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
    event.stopPropagation()
    leave()
  }

  function drop(each: string): void {
    forget(each)
    // Its button goes, and all of this with the last one where there is nothing to save.
    const rest = saved.length > 1 || any ? section.current : document.querySelector<HTMLElement>('#page')
    rest?.focus({ preventScroll: true })
  }

  return (
    <section aria-label="Saved filters" className={css['saved']} ref={section} tabIndex={-1}>
      <h2>Saved filters</h2>
      <ul>
        {saved.map((each) => (
          <li key={each.name}>
            <button
              onClick={() => {
                setNaming(false)
                apply(each.search)
              }}
              title={filterWords(each.search)}
              type="button"
            >
              {each.name}
            </button>
            <button
              aria-label={`Forget ${each.name}`}
              className={css['forget']}
              onClick={() => drop(each.name)}
              title={`Forget ${each.name}`}
              type="button"
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
      {naming && any ? (
        <form onSubmit={submit}>
          <TextInput
            aria-label="Name of the filters"
            maxLength={60}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={leaveByEscape}
            placeholder={filterWords(current)}
            ref={focus}
            rightSection={<span />}
            size="xs"
            value={name}
          />
          <Button size="compact-sm" type="submit">
            Save
          </Button>
          <Button onClick={leave} size="compact-sm" variant="default">
            Cancel
          </Button>
        </form>
      ) : any ? (
        <Button onClick={() => setNaming(true)} size="compact-sm" variant="default">
          Save these filters…
        </Button>
      ) : null}
      {trouble ? (
        <p className="muted small" role="status">
          {trouble}
        </p>
      ) : null}
    </section>
  )
}
