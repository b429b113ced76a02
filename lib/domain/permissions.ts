/** What every connect login asks Microsoft for, and why. The wizard, the docs page and the login itself read this list. */
export const PERMISSIONS = [
  {
    scope: 'User.Read',
    resource: 'Microsoft Graph',
    access: 'read',
    adminConsent: false,
    why: 'Reads the signed-in person’s basic profile. Microsoft requires it for a standard sign-in.',
    without: 'Sign-in is not possible.',
  },
  {
    scope: 'User.Read.All',
    resource: 'Microsoft Graph',
    access: 'read',
    adminConsent: true,
    why: 'Reads the users of the directory: name, email, status, member or guest.',
    without: 'People are shown by ID only, without email or status.',
  },
  {
    scope: 'user_impersonation',
    resource: 'Azure Service Management',
    access: 'read',
    adminConsent: false,
    why: 'Reads Azure on behalf of the signed-in person, limited to what that person may read: role assignments and role definitions.',
    without: 'Role assignments cannot be read; nothing can be synced.',
  },
] as const

/**
 * What a connection can be given beyond that, one by one, in the wizard or later in its settings. All are delegated scopes
 * of Microsoft Graph that only read, and all need an administrator's consent (Microsoft Graph permissions reference).
 * `dataset` names the line of a run's coverage that tells whether it was of use.
 */
export const OPTIONAL_PERMISSIONS = [
  {
    scope: 'GroupMember.Read.All',
    dataset: 'groups',
    recommended: true,
    why: 'Reads the names of groups and who is in them, because most people hold their roles through a group.',
    without: 'Groups that hold roles stay closed, unless the directory is small: who is in them is not shown.',
    adds: 'Opens groups: everyone who has a role through one, and the path.',
  },
  {
    scope: 'Application.Read.All',
    dataset: 'other_principals',
    recommended: false,
    why: 'Reads the names of service principals and managed identities, because Azure lists them by ID only.',
    without: 'Service principals and managed identities are shown by ID.',
    adds: 'Names the service principals and managed identities that hold roles.',
  },
  {
    scope: 'AuditLog.Read.All',
    dataset: 'sign_ins',
    recommended: false,
    why: 'Reads when people last signed in, because a role that nobody uses can go. Needs Entra ID P1 or P2.',
    without: 'The last sign-in is not shown.',
    adds: 'Shows when each person last signed in.',
  },
] as const

export type OptionalScope = (typeof OPTIONAL_PERMISSIONS)[number]['scope']

/** In the order in which they are shown, asked for and stored. */
export const OPTIONAL_SCOPES: readonly OptionalScope[] = OPTIONAL_PERMISSIONS.map(({ scope }) => scope)

/** Ticked in the wizard until the person says otherwise. */
export const RECOMMENDED_SCOPES: readonly OptionalScope[] = OPTIONAL_PERMISSIONS.flatMap(({ scope, recommended }) =>
  recommended ? [scope] : [],
)

export const NOT_REQUESTED = [
  'Write access of any kind, to the directory or to Azure',
  'Mail, calendars, files, chats or any content',
  'Application permissions that work without a signed-in person',
  'Passwords, authentication methods or the log of sign-ins',
  'Groups’ members, names of service principals or dates of last sign-ins, unless you tick the optional permission',
] as const

/** Scopes of the authorize leg; the code is redeemed for Graph, the ARM token comes from the refresh token. */
export const GRAPH_SCOPES = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.Read.All']
export const ARM_SCOPES = ['https://management.azure.com/user_impersonation']
