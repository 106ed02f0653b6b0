import type { Session } from '../api/fragments.ts'
import { held } from '../kit/held.ts'
import type { LedgerSearch } from '../ledger/search.ts'

/** A dialog that whichever page asks for, and the frame shows: it outlasts what it was opened from. */
export type Asked =
  | { dialog: 'enter' | 'suspend'; slug: string }
  | { dialog: 'export'; search: LedgerSearch }
  | { dialog: 'revoke'; session: Session }

const asked = held<Asked | undefined>(undefined)

export const useAsked = asked.use
export const closeAsked = (): void => asked.set(undefined)

/** The Impersonate dialog of a tenant. */
export const enter = (slug: string): void => asked.set({ dialog: 'enter', slug })

/** To suspend a tenant, or to free it where it is suspended. */
export const suspend = (slug: string): void => asked.set({ dialog: 'suspend', slug })

/** To export what the search leaves of the ledger. */
export const exportLedger = (search: LedgerSearch): void => asked.set({ dialog: 'export', search })

/** To end somebody's session: its card goes when it ends, the dialog stays and says what happened. */
export const revoke = (session: Session): void => asked.set({ dialog: 'revoke', session })
