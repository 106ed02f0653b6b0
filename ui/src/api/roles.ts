import type { Role } from '../kit/roles.ts'
import { held } from '../kit/held.ts'

const lost = held<readonly Role[]>([])

/** The roles that were taken away while the page was open, until one has read so. */
export const noteLost = lost.set
export const useLost = lost.use
