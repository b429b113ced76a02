/** What the connect login asks Microsoft for, and why. The wizard, the docs page and the login itself read this list. */
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

export const NOT_REQUESTED = [
  'Write access of any kind, to the directory or to Azure',
  'Mail, calendars, files, chats or any content',
  'Application permissions that work without a signed-in person',
  'Passwords, authentication methods or sign-in logs',
  'Groups’ members and service principals’ names',
] as const

/** Scopes of the authorize leg; the code is redeemed for Graph, the ARM token comes from the refresh token. */
export const GRAPH_SCOPES = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.Read.All']
export const ARM_SCOPES = ['https://management.azure.com/user_impersonation']
