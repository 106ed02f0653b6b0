import type { ReactNode } from 'react'

import { Icon } from './icons.tsx'
import css from './kit.module.css'
import { statusSign, type Sign } from './words.ts'
import type { Tenant } from '../api/fragments.ts'

/** A state as colour, icon and word at once. */
export function Pill({ sign, plain = false }: { sign: Sign; plain?: boolean }): ReactNode {
  return (
    <span className={[css['pill'], css[sign.tone], plain ? css['plain'] : ''].join(' ')}>
      <Icon name={sign.icon} size={14} />
      {sign.word}
    </span>
  )
}

export function StatusPill({ status }: { status: Tenant['status'] }): ReactNode {
  return <Pill sign={statusSign(status)} />
}
