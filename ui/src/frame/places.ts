import type { ReactNode } from 'react'

import type { IconName } from '../kit/icons.tsx'
import type { Needed } from '../kit/Lacks.tsx'
import { LiveCount } from './LiveCount.tsx'
import type { Permission } from './viewer.tsx'

/**
 * A page of the console that the sidebar and the palette lead to. One that is not built has no place yet, but an order in
 * which it will stand: docs/decisions/0058.
 */
export interface Place {
  name: string
  to: '/tenants' | '/live' | '/ledger' | '/operators' | '/keys'
  icon: IconName
  /** What is found there. */
  hint?: string
  /** Who lacks it does not see the place, and at its address is told so. */
  needs?: Needed
  group: 'tenants' | 'platform'
  /** What asks for somebody there now. */
  Count?: () => ReactNode
}

export const PLACES: readonly Place[] = [
  { name: 'Tenants', to: '/tenants', icon: 'tenants', group: 'tenants' },
  { name: 'Live', to: '/live', icon: 'live', hint: 'Who is inside', group: 'tenants', Count: LiveCount },
  { name: 'Ledger', to: '/ledger', icon: 'ledger', needs: 'AUDIT_READ', group: 'tenants' },
  { name: 'Operators', to: '/operators', icon: 'person', needs: 'OPERATOR_READ', group: 'platform' },
  { name: 'Keys', to: '/keys', icon: 'key', needs: 'SERVICE_KEY_MANAGE', group: 'platform' },
]

export const placesFor = (may: (permission: Permission) => boolean): readonly Place[] =>
  PLACES.filter(({ needs }) => needs === undefined || may(needs))

/** The place that an address belongs to; a page deeper down needs what its place needs. */
export const placeOf = (path: string): Place | undefined => PLACES.find(({ to }) => to === `/${path.split('/')[1]}`)
