/** How much of one kind of data an integration brings in. */
export type CapabilityState = 'synced' | 'partly' | 'not_yet'

export type Capability = {
  data: string
  fields: string
  state: CapabilityState
  /** What must be granted for it; for what is not synced, what it would take. */
  permission: string
}

export type CatalogueEntry = {
  id: string
  name: string
  /** What it answers, in one sentence. */
  summary: string
  /** The kinds of data it brings in, as a list in words. */
  syncs: string
  /** What one connection is of: one tile each. */
  unit: { one: string; many: string }
  connectHref: string
  capabilities: Capability[]
}

const AZURE: CatalogueEntry = {
  id: 'azure',
  name: 'Microsoft Azure',
  summary: 'Who holds which Azure role in each subscription.',
  syncs: 'Users, roles, scopes and licences',
  unit: { one: 'subscription', many: 'subscriptions' },
  connectHref: '/integrations/azure/connect',
  capabilities: [
    {
      data: 'Users',
      fields: 'Name, email, status (active, disabled, invitation pending, deleted), member or guest',
      state: 'synced',
      permission: 'User.Read.All (Microsoft Graph)',
    },
    {
      data: 'Role assignments',
      fields: 'Who holds which role: on the subscription, below it, and inherited from above',
      state: 'synced',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Roles',
      fields: 'Built-in and custom roles by name, and whether they grant access, write, or read',
      state: 'synced',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Scopes',
      fields: 'Management group, subscription, resource group or resource of every assignment',
      state: 'synced',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Licences',
      fields: 'Licence type “Microsoft Azure” for everyone who holds a role',
      state: 'synced',
      permission: 'Nothing further',
    },
    {
      data: 'Other principals',
      fields: 'Groups, service principals and managed identities that hold a role: kind and ID, without names',
      state: 'partly',
      permission: 'Names would need GroupMember.Read.All and Application.Read.All, which are not requested',
    },
    {
      data: 'Groups’ members',
      fields: 'People who hold a role only through a group',
      state: 'not_yet',
      permission: 'Would need GroupMember.Read.All, which is not requested',
    },
    {
      data: 'Eligible roles',
      fields: 'Roles that can be activated with Privileged Identity Management',
      state: 'not_yet',
      permission: 'Would need Reader, and Microsoft Entra ID P2 in the tenant',
    },
    {
      data: 'Last sign-in',
      fields: 'When a person last signed in',
      state: 'not_yet',
      permission: 'Would need AuditLog.Read.All, which is not requested',
    },
  ],
}

/** Every integration there is. Another one is another entry here and another folder of pages. */
export const CATALOGUE: readonly CatalogueEntry[] = [AZURE]
