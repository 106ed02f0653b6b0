import type { ReactNode } from 'react'

import type { Permission } from '../frame/viewer.tsx'
import { ROLES, type Role } from './roles.ts'
import { Forbidden } from './States.tsx'

/** The roles that may see it, or do it. The server decides by its own table: this one is for words alone. */
const HOLDERS = {
  AUDIT_READ: ['PLATFORM_ADMIN', 'PLATFORM_BILLING', 'PLATFORM_READONLY', 'PLATFORM_SUPPORT'],
  AUDIT_EXPORT: ['PLATFORM_ADMIN', 'PLATFORM_READONLY'],
  ACCESS_LOG_READ: ['PLATFORM_ADMIN', 'PLATFORM_READONLY', 'PLATFORM_SUPPORT'],
  IMPERSONATE_READ_ONLY: ['PLATFORM_ADMIN', 'PLATFORM_SUPPORT'],
  IMPERSONATE_READ_WRITE: ['PLATFORM_ADMIN', 'PLATFORM_SUPPORT'],
  TENANT_SUSPEND: ['PLATFORM_ADMIN', 'PLATFORM_BILLING', 'PLATFORM_SUPPORT'],
  ORIGIN_READ: ['PLATFORM_ADMIN', 'PLATFORM_READONLY'],
  OPERATOR_READ: ['PLATFORM_ADMIN', 'PLATFORM_READONLY', 'PLATFORM_SUPPORT'],
  SERVICE_KEY_MANAGE: ['PLATFORM_ADMIN'],
} satisfies Partial<Record<Permission, readonly Role[]>>

/** What somebody can be told to lack. */
export type Needed = keyof typeof HOLDERS

/** Whether one of these roles has the permission. */
export const grants = (roles: readonly Role[], permission: Needed): boolean => {
  const holders: readonly Role[] = HOLDERS[permission]
  return roles.some((role) => holders.includes(role))
}

/** What is missing, and who has it. */
export function lacking(permission: Needed): string {
  const words = HOLDERS[permission].map((role) => ROLES[role as Role].word)
  const has = words.length === 1 ? `the role ${words[0]} has` : `the roles ${new Intl.ListFormat('en').format(words)} have`
  return `${permission}, which ${has}`
}

/** A page that one came to by its address and may not see: what is missing, and who has it. */
export function Lacks({ permission }: { permission: Needed }): ReactNode {
  return (
    <Forbidden>
      This page needs {lacking(permission)}. Ask an admin.
    </Forbidden>
  )
}
