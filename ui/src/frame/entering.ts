import type { Session } from '../api/fragments.ts'
import { held } from '../kit/held.ts'

const entering = held<string | undefined>(undefined)
const revoking = held<Session | undefined>(undefined)

/** The tenant whose Impersonate dialog is asked for, from whichever page; the frame shows it. */
export const enter = entering.set
export const useEntering = entering.use

/** The session that is to be revoked. Its card goes when it ends; the dialog stays, and says what happened. */
export const revoke = revoking.set
export const useRevoking = revoking.use
