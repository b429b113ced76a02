/** What one kind of data takes beyond a connection: nothing, an optional permission, or a licence of the tenant. */
export type CapabilityState = 'supported' | 'optional' | 'needs_p2'

/** The words for it and what they mean. They say nothing about any connection, so none is a word of its state. */
export const CAPABILITY_STATES: Record<CapabilityState, { word: string; meaning: string }> = {
  supported: { word: 'Supported', meaning: 'Comes with every connection.' },
  optional: { word: 'Optional', meaning: 'Needs a permission that can be left out, and granted later.' },
  needs_p2: {
    word: 'Needs P2',
    meaning: 'Needs Microsoft Entra ID P2 in the tenant. Without it there is nothing of the kind to be read.',
  },
}

export type Capability = {
  data: string
  fields: string
  state: CapabilityState
  /** What must be granted for it. */
  permission: string
}

export type CatalogueEntry = {
  id: string
  name: string
  /** What it answers, in one sentence. */
  summary: string
  /** The kinds of data it brings in, as a list in words. */
  syncs: string
  /** What each connection connects, as a noun. */
  unit: string
  connectHref: string
  capabilities: Capability[]
}

const AZURE: CatalogueEntry = {
  id: 'azure',
  name: 'Microsoft Azure',
  summary: 'Who holds which Azure role in each subscription.',
  syncs: 'Users, groups, roles, scopes and licences',
  unit: 'subscription',
  connectHref: '/integrations/azure/connect',
  capabilities: [
    {
      data: 'Users',
      fields:
        'Name, email, status of the account (enabled, disabled, invitation pending, deleted, not found), member or guest',
      state: 'supported',
      permission: 'User.Read.All (Microsoft Graph)',
    },
    {
      data: 'Role assignments',
      fields: 'Who holds which role: on the subscription, below it, and inherited from above',
      state: 'supported',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Roles',
      fields:
        'Built-in and custom roles by name, and whether they grant access, write, or read, for resources and for data',
      state: 'supported',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Scopes',
      fields: 'Management group, subscription, resource group or resource of every assignment',
      state: 'supported',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Licences',
      fields: 'Licence type “Microsoft Azure” for everyone who holds a role',
      state: 'supported',
      permission: 'Nothing further',
    },
    {
      data: 'Groups’ members',
      fields: 'Everyone who holds a role through a group, however deep it is nested, and the path',
      state: 'optional',
      permission: 'GroupMember.Read.All (optional); without it only where the directory is small',
    },
    {
      data: 'Eligible roles',
      fields:
        'Roles that can be activated with Privileged Identity Management, those activated now, and when each ends',
      state: 'needs_p2',
      permission: 'Reader on the subscription, and Microsoft Entra ID P2 in the tenant',
    },
    {
      data: 'Deny assignments',
      fields: 'What is denied to whom, shown against the access it cuts',
      state: 'supported',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Other principals',
      fields: 'Service principals, managed identities, agents, devices and groups of other tenants that hold a role',
      state: 'supported',
      permission: 'Application.Read.All (optional) for their names; without it they go by ID',
    },
    {
      data: 'Eligible members of groups',
      fields: 'Who can activate a membership or an ownership of a group that holds a role, and which are activated now',
      state: 'needs_p2',
      permission:
        'PrivilegedEligibilitySchedule.Read.AzureADGroup and PrivilegedAssignmentSchedule.Read.AzureADGroup (optional), and Microsoft Entra ID P2 in the tenant',
    },
    {
      data: 'Delegations to other tenants',
      fields: 'People, groups and applications of other tenants that hold a role through Azure Lighthouse',
      state: 'supported',
      permission: 'Reader on the subscription, through user_impersonation',
    },
    {
      data: 'Last sign-in',
      fields: 'When a person last signed in',
      state: 'optional',
      permission: 'AuditLog.Read.All (optional), and Microsoft Entra ID P1 or P2 in the tenant',
    },
  ],
}

/**
 * Every integration there is; the tiles of what can be connected and the tables of capabilities are made from it. An entry
 * alone does not add one. A second integration also needs its own pages under `app/(portal)/integrations`, its own client
 * and sync, and a place in the database: a row of `connections` is an Azure subscription, and every run reads one. Pages
 * that speak of connections in general count and name subscriptions only, and would have to tell integrations apart.
 */
export const CATALOGUE: readonly CatalogueEntry[] = [AZURE]
