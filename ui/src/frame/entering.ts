import type { Session } from '../api/fragments.ts'
import { held } from '../kit/held.ts'
import type { LedgerSearch } from '../ledger/search.ts'

const entering = held<string | undefined>(undefined)
const suspending = held<string | undefined>(undefined)
const exporting = held<LedgerSearch | undefined>(undefined)
const revoking = held<Session | undefined>(undefined)

/** The tenant whose Impersonate dialog is asked for, from whichever page; the frame shows it. */
export const enter = entering.set
export const useEntering = entering.use

/** The tenant that is to be suspended, or freed where it is suspended: its slug. */
export const suspend = suspending.set
export const useSuspending = suspending.use

/** What is to be exported of the ledger. */
export const exportLedger = exporting.set
export const useExporting = exporting.use

/** The session that is to be revoked. Its card goes when it ends; the dialog stays, and says what happened. */
export const revoke = revoking.set
export const useRevoking = revoking.use
