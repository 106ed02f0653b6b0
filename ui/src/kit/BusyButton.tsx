import { Button, type ButtonProps } from '@mantine/core'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'

type Props = ButtonProps & Omit<ComponentProps<'button'>, keyof ButtonProps> & { busy: boolean }

/**
 * A button whose answer is waited for. It does nothing meanwhile and keeps the focus: a button that is disabled under
 * one's finger drops it to the page, behind the dialog that one is in.
 */
export function BusyButton({ busy, onClick, ...others }: Props): ReactNode {
  return (
    <Button
      {...others}
      loading={busy}
      onClick={busy ? stay : onClick}
      renderRoot={(root) => <button {...root} aria-disabled={busy || undefined} disabled={others.disabled} />}
    />
  )
}

/** Enter in a field of the form comes here too: it clicks the button that submits. */
const stay = (event: MouseEvent): void => event.preventDefault()
