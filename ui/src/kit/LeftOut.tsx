import { useEffect, useState, type ReactNode } from 'react'

import { leftOut } from './address.ts'
import page from './page.module.css'

/** As the console was opened, which the router tidies; its own links say nothing that their page cannot read. */
const opened = { path: location.pathname, text: location.search }

interface Props<Search> {
  /** What the page reads of its address, with what it takes where nothing is said. */
  read: (given: Record<string, unknown>) => Search
  search: object
}

/** What of the address was not understood, until one filters otherwise: the list is no answer to that. */
export function LeftOut<Search extends object>({ read, search }: Props<Search>): ReactNode {
  const [lost] = useState(() =>
    location.pathname === opened.path ? leftOut(read, Object.fromEntries(new URLSearchParams(opened.text))) : [],
  )
  const asked = JSON.stringify(search)
  const [at] = useState(asked)
  useEffect(
    () => () => {
      opened.text = ''
    },
    [],
  )
  if (lost.length === 0 || asked !== at) return null
  return (
    <p className={`${page['leftOut']} muted`} role="status">
      Of the address this was not understood, and is left out: {lost.join(', ')}
    </p>
  )
}
