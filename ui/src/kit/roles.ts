import type { graphql } from '../api/graphql.ts'
import type { Permission } from '../frame/viewer.tsx'

export type Role = ReturnType<typeof graphql.scalar<'OperatorRole'>>

/** What a role is called and what it is for. One that the schema gains fails the type check until it is told here. */
export const ROLES: Readonly<Record<Role, { word: string; does: string }>> = {
  PLATFORM_SUPPORT: { word: 'Support', does: 'Enters workspaces, suspends tenants, reads the ledger.' },
  PLATFORM_BILLING: { word: 'Billing', does: 'Invoices and suspension; enters no workspace.' },
  PLATFORM_READONLY: { word: 'Read only', does: 'The auditor: reads everything, changes nothing.' },
  PLATFORM_ADMIN: { word: 'Admin', does: 'Everything that a person may do.' },
}

/** What each permission allows, for who gives it away. */
export const PERMISSIONS: Readonly<Record<Permission, string>> = {
  TOKEN_EXCHANGE: 'Let operators in: trade a hand-off for a token, pass on their Stop',
  GUARD_EVENTS: 'Hear at once that a session is over',
  ACCESS_LOG_APPEND: 'Report the requests made inside sessions',
  AUDIT_APPEND: 'Write events of its own to the ledger',
  TENANT_SIDE_READ: 'Read what concerns one tenant, on its behalf',
  TENANT_SIDE_DECIDE: "Decide and stop on the tenant's behalf",
  AI_USAGE_APPEND: 'Report AI usage',
  STATUS_APPEND: 'Report status',
  TENANT_REGISTER: 'Register tenants and change what is known of them',
  TENANT_READ: 'Read tenants, their rules and their sessions',
  TENANT_STATUS_SET: "Set a tenant's status",
  TENANT_SUSPEND: 'Suspend tenants and lift suspensions',
  TENANT_POLICY_SET: 'Set the rules of impersonation',
  AUDIT_READ: 'Read the ledger',
  AUDIT_EXPORT: 'Export the ledger',
  ACCESS_LOG_READ: 'Read the requests made inside sessions',
  ORIGIN_READ: "Read operators' addresses and browsers",
  OPERATOR_READ: 'Read operators, their roles and their conduct',
  INVOICE_READ: 'Read invoices',
  INVOICE_RESEND: 'Send an invoice again',
  AI_USAGE_READ: 'Read AI usage, over tenants only',
  STATUS_READ: "Read the platform's status",
  LOCK_MANAGE: 'Place and lift locks',
  IMPERSONATE_READ_ONLY: 'Enter workspaces to read',
  IMPERSONATE_READ_WRITE: 'Enter workspaces to read and write',
  IMPERSONATE_BREAK_GLASS: 'Enter without the approval that is needed',
  IMPERSONATION_REVOKE: "End other operators' sessions",
  OPERATOR_GRANT: 'Give and take roles',
  SERVICE_KEY_MANAGE: 'Manage keys',
}
