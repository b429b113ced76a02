type Permission = { title: string; text: string; admin: boolean }

/** What can be asked for. `admin`: only an administrator may consent. Source: Microsoft Graph permissions reference. */
export const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'graph/User.Read': {
    title: 'Sign you in and read your profile',
    text: 'Read your profile and basic company information.',
    admin: false,
  },
  'graph/User.ReadBasic.All': {
    title: "Read all users' basic profiles",
    text: 'Read names and addresses of everyone.',
    admin: false,
  },
  'graph/User.Read.All': {
    title: "Read all users' full profiles",
    text: 'Read the profile of everyone in your organisation.',
    admin: true,
  },
  'graph/GroupMember.Read.All': {
    title: 'Read group memberships',
    text: 'List groups and read who is in them.',
    admin: true,
  },
  'graph/Group.Read.All': { title: 'Read all groups', text: 'Read groups, their members and content.', admin: true },
  'graph/Directory.Read.All': {
    title: 'Read directory data',
    text: 'Read users, groups and applications.',
    admin: true,
  },
  'graph/Application.Read.All': {
    title: 'Read applications',
    text: 'Read applications and service principals.',
    admin: true,
  },
  'graph/AuditLog.Read.All': {
    title: 'Read audit log data',
    text: 'Read sign-ins and audit log entries.',
    admin: true,
  },
  'graph/Organization.Read.All': {
    title: 'Read organization information',
    text: 'Read facts of your organisation.',
    admin: true,
  },
  'graph/LicenseAssignment.Read.All': {
    title: 'Read license assignments',
    text: 'Read which licences are assigned.',
    admin: false,
  },
  'graph/Directory.AccessAsUser.All': {
    title: 'Access the directory as you',
    text: 'Read and change the directory as far as your own roles go.',
    admin: true,
  },
  'graph/Directory.ReadWrite.All': {
    title: 'Read and write directory data',
    text: 'Read and change users, groups and applications.',
    admin: true,
  },
  'graph/Application.ReadWrite.All': {
    title: 'Read and write all applications',
    text: 'Create and change applications and service principals.',
    admin: true,
  },
  'graph/Group.ReadWrite.All': {
    title: 'Read and write all groups',
    text: 'Create and change groups and their members.',
    admin: true,
  },
  'graph/User.ReadWrite.All': {
    title: "Read and write all users' full profiles",
    text: 'Read and change the profile of everyone in your organisation.',
    admin: true,
  },
  'graph/User.ReadWrite': { title: 'Read and update your profile', text: 'Change your own profile.', admin: false },
  'graph/Member.Read.Hidden': {
    title: 'Read hidden memberships',
    text: 'Read who is in groups that hide their members.',
    admin: true,
  },
  'graph/Device.Read.All': { title: 'Read all devices', text: 'Read devices of your organisation.', admin: true },
  'graph/GroupMember.ReadBasic.All': {
    title: 'Read basic group memberships',
    text: 'Read the names of groups and who is in them.',
    admin: true,
  },
  'graph/Group.ReadBasic.All': {
    title: 'Read basic group properties',
    text: 'Read the names of all groups.',
    admin: true,
  },
  'graph/CrossTenantInformation.ReadBasic.All': {
    title: 'Read cross-tenant basic information',
    text: 'Read the names of other organisations by their id.',
    admin: true,
  },
  'graph/RoleManagement.Read.Directory': {
    title: 'Read directory roles',
    text: 'Read who holds which Microsoft Entra role.',
    admin: true,
  },
  'arm/user_impersonation': {
    title: 'Access Azure Resource Manager as you',
    text: 'Read and manage Azure as far as your own roles go.',
    admin: false,
  },
}
