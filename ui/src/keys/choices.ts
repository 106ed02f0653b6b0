import type { Permission } from '../frame/viewer.tsx'

/** What a key may hold: it is no person, so it neither enters a workspace nor decides who may. */
export const FOR_SERVICES: readonly Permission[] = [
  'TOKEN_EXCHANGE',
  'GUARD_EVENTS',
  'ACCESS_LOG_APPEND',
  'AUDIT_APPEND',
  'TENANT_SIDE_READ',
  'TENANT_SIDE_DECIDE',
  'AI_USAGE_APPEND',
  'STATUS_APPEND',
]
export const ALSO_FOR_PEOPLE: readonly Permission[] = [
  'TENANT_REGISTER',
  'TENANT_READ',
  'TENANT_STATUS_SET',
  'TENANT_SUSPEND',
  'TENANT_POLICY_SET',
  'AUDIT_READ',
  'AUDIT_EXPORT',
  'ACCESS_LOG_READ',
  'ORIGIN_READ',
  'OPERATOR_READ',
  'INVOICE_READ',
  'INVOICE_RESEND',
  'AI_USAGE_READ',
  'STATUS_READ',
  'LOCK_MANAGE',
]

/** What most keys are for. */
export const PRESETS: readonly { name: string; permissions: readonly Permission[] }[] = [
  { name: 'The guard of a product', permissions: ['TOKEN_EXCHANGE', 'GUARD_EVENTS', 'ACCESS_LOG_APPEND'] },
  { name: "A product's own admin pages", permissions: ['TENANT_SIDE_READ', 'TENANT_SIDE_DECIDE'] },
  { name: 'Provisioning', permissions: ['TENANT_REGISTER', 'TENANT_READ', 'TENANT_STATUS_SET'] },
  { name: 'Reading the ledger', permissions: ['AUDIT_READ', 'AUDIT_EXPORT'] },
]
