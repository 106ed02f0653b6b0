import type { Session, Tenant } from '../api/fragments.ts'
import type { IconName } from './icons.tsx'
import { unfold } from './text.ts'

/** What a colour means, everywhere: live, stopped or suspended, healthy, over or none. */
export type Tone = 'amber' | 'red' | 'green' | 'grey'
export interface Sign {
  word: string
  icon: IconName
  tone: Tone
}

const STATUS: Record<Tenant['status'], Sign> = {
  PROVISIONING: { word: 'Provisioning', icon: 'dashed', tone: 'grey' },
  ACTIVE: { word: 'Active', icon: 'check', tone: 'green' },
  READ_ONLY: { word: 'Read only', icon: 'lock', tone: 'grey' },
  SUSPENDED: { word: 'Suspended', icon: 'ban', tone: 'red' },
  OFFBOARDING: { word: 'Offboarding', icon: 'exit', tone: 'grey' },
  OFFBOARDED: { word: 'Offboarded', icon: 'close', tone: 'grey' },
}

export const STATUSES = Object.keys(STATUS) as Tenant['status'][]

export const statusSign = (status: Tenant['status']): Sign =>
  STATUS[status] ?? { word: unfold(status), icon: 'dot', tone: 'grey' }

type Cause = NonNullable<Session['endCause']>

/** The words for how a session ended; red where somebody or something other than its operator ended it. */
const CAUSE: Record<Cause, Sign> = {
  STOPPED: { word: 'Stopped', icon: 'stop', tone: 'grey' },
  TENANT_STOPPED: { word: 'Stopped by the tenant', icon: 'stop', tone: 'red' },
  EXPIRED: { word: 'Time was up', icon: 'clock', tone: 'grey' },
  IDLE: { word: 'Idle', icon: 'hourglass', tone: 'grey' },
  ABANDONED: { word: 'Left open, nobody there', icon: 'hourglass', tone: 'grey' },
  REPLACED: { word: 'Replaced by another', icon: 'swap', tone: 'grey' },
  REVOKED: { word: 'Revoked', icon: 'ban', tone: 'red' },
  LOCKED: { word: 'Locked', icon: 'lock', tone: 'red' },
  TENANT_SUSPENDED: { word: 'Tenant suspended', icon: 'ban', tone: 'red' },
  TENANT_OFFBOARDING: { word: 'Tenant offboarding', icon: 'exit', tone: 'red' },
  ROLE_LOST: { word: 'Role lost', icon: 'ban', tone: 'red' },
  CONSENT_WITHDRAWN: { word: 'Consent withdrawn', icon: 'ban', tone: 'red' },
  SIGNED_OUT: { word: 'Signed out', icon: 'exit', tone: 'grey' },
  RESTORED: { word: 'Database restored', icon: 'swap', tone: 'red' },
}

export const causeSign = (cause: Cause): Sign => CAUSE[cause] ?? { word: unfold(cause), icon: 'dot', tone: 'grey' }

export const modeWord = (mode: Session['mode']): string => (mode === 'READ_WRITE' ? 'READ WRITE' : 'READ ONLY')

/** Live now: by its state and by the clock, whichever says first that it is over. */
export const isLive = (session: Pick<Session, 'state' | 'expiresAt'>, now: number): boolean =>
  session.state === 'ACTIVE' && (session.expiresAt === null || Date.parse(session.expiresAt) > now)
