import { useEffect, type ReactNode } from 'react'

import { Icon } from '../kit/icons.tsx'
import type { Item } from './item.ts'
import css from './palette.module.css'

/** What there is to choose from, in its groups. */
export function List(props: {
  items: readonly Item[]
  here: number
  id: string
  choose: (item: Item) => void
  point: (index: number) => void
}): ReactNode {
  const { here, id } = props
  useEffect(() => {
    document.getElementById(`${id}-${here}`)?.scrollIntoView({ block: 'nearest' })
  }, [here, id])
  return (
    <div aria-label="Choices" className={css['list']} id={id} role="listbox">
      {props.items.map((item, index) => (
        <div key={item.id} role="presentation">
          {item.group === props.items[index - 1]?.group ? null : (
            <div className={css['group']} role="presentation">
              {item.group}
            </div>
          )}
          {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's */}
          <div
            aria-disabled={item.whyNot !== undefined}
            aria-selected={index === here}
            className={css['item']}
            id={`${id}-${index}`}
            onClick={() => props.choose(item)}
            onMouseMove={() => props.point(index)}
            role="option"
            tabIndex={-1}
          >
            <Icon name={item.icon} />
            <span className={css['name']}>{item.name}</span>
            {(item.whyNot ?? item.hint) ? <span className={css['hint']}>{item.whyNot ?? item.hint}</span> : null}
          </div>
        </div>
      ))}
    </div>
  )
}
