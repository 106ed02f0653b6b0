import { lazy, Suspense, useEffect, useState, type ComponentType, type KeyboardEvent, type ReactNode } from 'react'

import { late } from '../kit/late.ts'
import { Guarded } from '../kit/lateDialog.tsx'
import type { Begun, PaletteProps } from '../palette/Palette.tsx'

const load = late(() => import('../palette/Palette.tsx'))
let loading: ReturnType<typeof load> | undefined
const once = () => (loading ??= load())
const Late = lazy(once)

interface Props {
  open: boolean
  close: () => void
  help: () => void
}

/** The palette: fetched in advance, and whoever opens it types on at once, whether it has come or not. */
export function PaletteAtOnce({ open, ...rest }: Props): ReactNode {
  // Drawn as it is once it is here: what React waits for itself it shows up to 300 ms late.
  const [Palette, setPalette] = useState<ComponentType<PaletteProps>>(Late)
  // In advance at once, since a sign-in that ends takes the files along.
  useEffect(() => {
    once().then(
      (part) => setPalette(() => part.default),
      () => undefined,
    )
  }, [])
  return open ? <Opened Palette={Palette} {...rest} /> : null
}

function Opened({ Palette: given, close, help }: Omit<Props, 'open'> & { Palette: ComponentType<PaletteProps> }): ReactNode {
  const [opener] = useState(() => document.activeElement)
  // Not another one while it is open: what was typed would be gone with it.
  const [Palette] = useState(() => given)
  const [begun, begin] = useState<Begun>({ text: '', entered: false })

  /** Without a choice, back to where one was: before the next key, which may open it again. */
  function leave(): void {
    if (opener instanceof HTMLElement) opener.focus()
    close()
  }

  return (
    <Guarded close={close}>
      <Suspense fallback={<Field begin={begin} begun={begun} leave={leave} />}>
        <Palette begun={begun} close={close} help={help} leave={leave} />
      </Suspense>
    </Guarded>
  )
}

const focus = (field: HTMLElement | null) => field?.focus({ preventScroll: true })

/** Takes what is typed until the palette is there: without a field that has the focus, letters are keys of the page. */
function Field(props: { begun: Begun; begin: (begun: Begun) => void; leave: () => void }): ReactNode {
  const { begun, begin } = props

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.leave()
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) begin({ ...begun, entered: true })
  }

  return (
    <input
      aria-label="Search or jump to"
      autoComplete="off"
      className="unseen"
      onChange={(event) => begin({ text: event.currentTarget.value, entered: false })}
      onKeyDown={onKey}
      ref={focus}
      spellCheck={false}
      type="text"
      value={begun.text}
    />
  )
}
