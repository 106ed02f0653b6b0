import type { Entry } from '../api/fragments.ts'
import type { IconName } from '../kit/icons.tsx'
import { unfold } from '../kit/text.ts'
import { causeSign, type Tone } from '../kit/words.ts'

interface Kind {
  label: string
  icon: IconName
  tone: Tone
}

/** The documented kinds of entries, in the groups that one filters by. */
export const KINDS: Record<string, Record<string, Kind>> = {
  Impersonation: {
    IMPERSONATION_STARTED: { label: 'Started', icon: 'enter', tone: 'amber' },
    IMPERSONATION_ENTERED: { label: 'Entered', icon: 'eye', tone: 'amber' },
    IMPERSONATION_MODE_CHANGED: { label: 'Mode changed', icon: 'swap', tone: 'amber' },
    IMPERSONATION_SURFACE_TOUCHED: { label: 'Platform’s own touched', icon: 'lock', tone: 'amber' },
    IMPERSONATION_ENDED: { label: 'Ended', icon: 'exit', tone: 'grey' },
    IMPERSONATION_FORBIDDEN: { label: 'Forbidden', icon: 'ban', tone: 'red' },
    IMPERSONATION_REFUSED: { label: 'Refused', icon: 'close', tone: 'red' },
  },
  Tenants: {
    TENANT_REGISTERED: { label: 'Registered', icon: 'tenants', tone: 'grey' },
    TENANT_UPDATED: { label: 'Changed', icon: 'pencil', tone: 'grey' },
    TENANT_STATUS_CHANGED: { label: 'Status changed', icon: 'swap', tone: 'grey' },
    TENANT_SUSPENDED: { label: 'Suspended', icon: 'ban', tone: 'red' },
    TENANT_SUSPENSION_LIFTED: { label: 'Suspension lifted', icon: 'check', tone: 'green' },
  },
  Operators: {
    OPERATOR_ADDED: { label: 'Added', icon: 'person', tone: 'grey' },
    OPERATOR_DISABLED: { label: 'Disabled', icon: 'ban', tone: 'red' },
    OPERATOR_ENABLED: { label: 'Enabled', icon: 'check', tone: 'green' },
    ROLE_GRANTED: { label: 'Role granted', icon: 'person', tone: 'grey' },
    ROLE_REVOKED: { label: 'Role revoked', icon: 'ban', tone: 'red' },
    SIGNED_IN: { label: 'Signed in', icon: 'enter', tone: 'grey' },
    SIGNED_OUT: { label: 'Signed out', icon: 'exit', tone: 'grey' },
    SIGN_IN_REFUSED: { label: 'Sign-in refused', icon: 'close', tone: 'red' },
    STRANGER_ATTEMPTS: { label: 'Strangers', icon: 'warning', tone: 'red' },
  },
  Platform: {
    POLICY_SET: { label: 'Rules set', icon: 'lock', tone: 'grey' },
    LEDGER_EXPORTED: { label: 'Ledger exported', icon: 'exit', tone: 'grey' },
    SERVICE_KEY_ISSUED: { label: 'Key issued', icon: 'key', tone: 'grey' },
    SERVICE_KEY_REVOKED: { label: 'Key revoked', icon: 'ban', tone: 'red' },
    DATABASE_RESTORED: { label: 'Database restored', icon: 'swap', tone: 'red' },
  },
}

const byKind = Object.assign({}, ...Object.values(KINDS)) as Record<string, Kind>

/** A kind by its group and its label: `Impersonation: started`. */
export function kindName(kind: string): string {
  const group = Object.entries(KINDS).find(([, kinds]) => Object.hasOwn(kinds, kind))?.[0]
  const { label } = kindOf(kind)
  return group === undefined ? label : `${group}: ${label.charAt(0).toLowerCase()}${label.slice(1)}`
}

/** Kinds newer than this console get their own name and a plain icon. */
export const kindOf = (kind: string): Kind => byKind[kind] ?? { label: unfold(kind), icon: 'dot', tone: 'grey' }

/** How an entry looks: an end as its cause does everywhere, and amber only while the session that it is of is `live`. */
export function signOf({ kind, details }: Pick<Entry, 'kind' | 'details'>, live: boolean): Kind {
  const known = kindOf(kind)
  const { cause } = (details ?? {}) as { cause?: Parameters<typeof causeSign>[0] }
  if (kind === 'IMPERSONATION_ENDED' && cause) {
    const { word, icon, tone } = causeSign(cause)
    return { label: `${known.label}: ${word}`, icon, tone }
  }
  return known.tone === 'amber' && !live ? { ...known, tone: 'grey' } : known
}
