/**
 * What every sign-in that connects a subscription asks Microsoft for, and why. The wizard and the page about Azure show this
 * list. `as_you` allows whatever the person may do, because Azure Resource Manager has this one delegated scope only.
 */
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
    access: 'as_you',
    adminConsent: false,
    why: 'Microsoft calls it “Access Azure Resource Manager as you”: read and manage Azure as far as your own roles go. Microsoft has no read-only version of this one. Rolecall only reads: connect with an account that is only Reader, and it could not do more.',
    without: 'Role assignments cannot be read; nothing can be synced.',
  },
] as const

/**
 * Further permissions that a connection can be given, one by one, in the wizard or later in its settings. All are delegated
 * scopes of Microsoft Graph that only read, and all need an administrator's consent (Microsoft Graph permissions reference).
 * `dataset` names the line of a run's coverage that shows what the permission brought; null for one that brings nothing a run reads.
 */
export const OPTIONAL_PERMISSIONS = [
  {
    scope: 'GroupMember.Read.All',
    dataset: 'groups',
    recommended: true,
    why: 'Opens groups, through which most people hold roles.',
    without: 'Groups that hold roles stay closed, unless the directory is small: who is in them is not shown.',
    adds: 'Opens groups: everyone who has a role through one, and the path; and who can add members to them.',
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
    why: 'Reads when people last signed in, because a role that nobody uses can go. Needs Entra ID P1 or P2. With Directory.Read.All, also who changed a group.',
    without: 'The last sign-in is not shown.',
    adds: 'Shows when each person last signed in. With Directory.Read.All, also who changed a group.',
  },
  {
    scope: 'PrivilegedEligibilitySchedule.Read.AzureADGroup',
    dataset: 'eligible_members',
    recommended: false,
    why: 'Reads who can activate a membership of a group, because they can have the group’s roles in a minute. Needs Entra ID P2 or Governance.',
    without: 'People who can activate a membership of a group are not shown.',
    adds: 'Shows who can become a member or an owner of the groups that hold roles. One more question for each group.',
  },
  {
    scope: 'PrivilegedAssignmentSchedule.Read.AzureADGroup',
    dataset: 'activated_members',
    recommended: false,
    why: 'Reads which memberships of groups are activated for some hours, because they look permanent otherwise.',
    without: 'An activated membership of a group looks like one that lasts.',
    adds: 'Shows activated memberships with their end. One more question for each group that somebody can activate.',
  },
  {
    scope: 'Directory.Read.All',
    dataset: null,
    recommended: false,
    why: 'Reads, together with AuditLog.Read.All, who changed a group, and who disabled or deleted a person. Microsoft asks for both. This one is wide: it would allow reading the whole directory.',
    without: 'Changes of groups and people are shown without who made them.',
    adds: 'Tells, together with AuditLog.Read.All, who changed a group or a person. An account of a person also needs Reports Reader, Security Reader or Security Administrator.',
  },
] as const

export type OptionalScope = (typeof OPTIONAL_PERMISSIONS)[number]['scope']

/** The optional scopes, in the order in which they are shown, asked for and stored. */
export const OPTIONAL_SCOPES: readonly OptionalScope[] = OPTIONAL_PERMISSIONS.map(({ scope }) => scope)

/** The optional scopes that are ticked in the wizard to begin with. */
export const RECOMMENDED_SCOPES: readonly OptionalScope[] = OPTIONAL_PERMISSIONS.flatMap(({ scope, recommended }) =>
  recommended ? [scope] : [],
)

/** What people may fear is asked for, and is not. */
export const NOT_REQUESTED = [
  'Write access to the directory, of any kind',
  'Mail, calendars, files, chats or any content',
  'Application permissions that work without a signed-in person: only an application account that you add has any, and they are granted to your own application',
  'Passwords, authentication methods or what the log of sign-ins says beside the dates of the last ones',
  'Groups’ members, eligible and activated memberships of groups, names of service principals, dates of last sign-ins or who changed a group, unless you tick the optional permission',
] as const

/**
 * The same permissions as the scopes of a sign-in. A code can be redeemed for one resource only: it is redeemed for
 * Microsoft Graph, and the token for Azure Resource Manager then comes from the refresh token.
 */
export const GRAPH_SCOPES = scopesOf('Microsoft Graph', 'https://graph.microsoft.com')
export const ARM_SCOPES = scopesOf('Azure Service Management', 'https://management.azure.com')

function scopesOf(resource: (typeof PERMISSIONS)[number]['resource'], origin: string): string[] {
  return PERMISSIONS.filter((one) => one.resource === resource).map(({ scope }) => `${origin}/${scope}`)
}

/**
 * The application permissions of Microsoft Graph that an account without a person is given, each with the ID of its role, which
 * the command line grants by. People are read with the first; the others are those of {@link OPTIONAL_PERMISSIONS}. The audit
 * log takes AuditLog.Read.All and the last one, of an application without any directory role.
 */
export const APPLICATION_PERMISSIONS = [
  { name: 'User.Read.All', roleId: 'df021288-bdef-4463-88db-98f22de89214' },
  { name: 'GroupMember.Read.All', roleId: '98830695-27a2-44f7-8c18-0c3ebc9698f6' },
  { name: 'Application.Read.All', roleId: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30' },
  { name: 'AuditLog.Read.All', roleId: 'b0afded3-3588-46d8-8b3d-9842eff778da' },
  { name: 'PrivilegedEligibilitySchedule.Read.AzureADGroup', roleId: 'edb419d6-7edc-42a3-9345-509bfdf5d87c' },
  { name: 'PrivilegedAssignmentSchedule.Read.AzureADGroup', roleId: 'cd4161cb-f098-48f8-a884-1eda9a42434c' },
  { name: 'Directory.Read.All', roleId: '7ab1d382-f21e-4acd-a863-ba3e13f7da61' },
] as const

/** Wider permissions that allow what ours do (Microsoft Graph permissions reference). */
const ALLOWED_BY: Partial<Record<string, readonly string[]>> = {
  'User.Read.All': ['Directory.Read.All'],
  'GroupMember.Read.All': ['Group.Read.All', 'Directory.Read.All'],
  'Application.Read.All': ['Directory.Read.All'],
}

/** Whether the application permissions of a token allow what one of ours does. */
export const isAllowedBy = (roles: readonly string[], name: string): boolean =>
  roles.includes(name) || (ALLOWED_BY[name]?.some((wider) => roles.includes(wider)) ?? false)

/** The optional permissions that an application may use, by the roles in its token for Graph. */
export const optionalAmong = (roles: readonly string[]): OptionalScope[] =>
  OPTIONAL_SCOPES.filter((scope) => isAllowedBy(roles, scope))
