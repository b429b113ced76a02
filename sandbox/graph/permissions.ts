/** Every directory list may be read with these. */
const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All']
const USERS = ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', ...DIRECTORY]
const GROUPS = ['Group.ReadBasic.All', 'Group.Read.All', 'Group.ReadWrite.All', 'GroupMember.Read.All', ...DIRECTORY]
const MEMBERS = [
  'GroupMember.ReadBasic.All',
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadBasic.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
]
const APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', ...DIRECTORY]
const MEMBER_OF = [
  'User.Read',
  'Group.ReadBasic.All',
  'GroupMember.ReadBasic.All',
  'GroupMember.Read.All',
  ...DIRECTORY,
]
const MEMBER_GROUPS = [
  'User.Read.All',
  'Device.Read.All',
  'GroupMember.ReadBasic.All',
  'GroupMember.Read.All',
  'Group.ReadBasic.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  ...APPLICATIONS,
]

/**
 * Which delegated permissions suffice for which call, any one of them. Source: microsoft-graph-devx-content
 * `permissions/new/permissions.json` (2026-08-07), those the sandbox can consent to. Recalled, not verified: devices, roles, applications,
 * owners, a group's and a service principal's memberships. `getByIds` names Directory.Read.All only, but was seen to load
 * the types whose own permission the token has.
 */
export const PERMISSIONS_OF = {
  me: ['User.Read', 'User.ReadWrite', ...USERS],
  users: USERS,
  user: ['User.Read', 'User.ReadWrite', ...USERS],
  usersDelta: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  groups: GROUPS,
  members: MEMBERS,
  memberOf: MEMBER_OF,
  transitiveMemberOf: ['User.Read.All', 'Group.Read.All', ...MEMBER_OF],
  groupMemberOf: MEMBERS,
  applicationMemberOf: APPLICATIONS,
  memberGroups: MEMBER_GROUPS,
  memberObjects: ['User.Read', 'User.ReadWrite.All', ...MEMBER_GROUPS],
  servicePrincipals: APPLICATIONS,
  devices: ['Device.Read.All', ...DIRECTORY],
  directoryObjects: [
    'User.Read.All',
    'User.ReadWrite.All',
    'Group.Read.All',
    'GroupMember.Read.All',
    'Device.Read.All',
    ...APPLICATIONS,
  ],
  applications: APPLICATIONS,
  appRoleAssignments: ['AppRoleAssignment.ReadWrite.All', ...APPLICATIONS],
  directoryRoles: ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory', ...DIRECTORY],
  deletedUsers: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  deletedGroups: ['Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY],
  organization: ['User.Read', 'User.Read.All', 'Organization.Read.All', ...DIRECTORY],
  subscribedSkus: ['LicenseAssignment.Read.All', 'Organization.Read.All', ...DIRECTORY],
  tenantInformation: ['CrossTenantInformation.ReadBasic.All'],
} as const satisfies Record<string, readonly string[]>

export type PermissionKey = keyof typeof PERMISSIONS_OF

/** Exists for people only: an application by itself never has it, whatever its token says. */
export const DELEGATED_ONLY: ReadonlySet<string> = new Set(['User.Read', 'User.ReadWrite'])
