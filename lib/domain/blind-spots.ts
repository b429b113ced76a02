import { LISTED_HOURS } from './retention'
import type { Dataset } from './vocabulary'

/** What one way of reading gives, and what is not known without it. */
type BlindSpot = {
  /** What it is called as a heading, and one or several of it in a sentence. */
  title: string
  one: string
  many: string
  /** Where it is read from. */
  source: string
  /** What a result may lack or say wrongly when it was not read whole, as the end of a sentence: "there may be …". */
  misses: string
  /** What even a whole reading does not tell; null for nothing that is known. */
  never: string | null
}

/**
 * Every kind of data that a run reads, with its blind spot: what cannot be seen when it was not read, and what cannot be
 * seen at all by the way it is read. The coverage of a result, the words on pages and the table in docs/access.md come
 * from this list.
 */
export const BLIND_SPOTS: Record<Dataset, BlindSpot> = {
  assignments: {
    title: 'Role assignments',
    one: 'role assignment',
    many: 'role assignments',
    source: 'Azure Resource Manager',
    misses: 'roles held',
    never: 'Roles inside a service that does not use Azure RBAC, such as access policies of a key vault.',
  },
  eligible: {
    title: 'Eligible and time-bound roles',
    one: 'eligible role',
    many: 'eligible roles',
    source: 'Azure Resource Manager (Privileged Identity Management)',
    misses: 'roles that can be activated',
    never: null,
  },
  delegations: {
    title: 'Delegations to other tenants',
    one: 'delegation',
    many: 'delegations',
    source: 'Azure Resource Manager (Azure Lighthouse)',
    misses: 'people and groups of other tenants with a role',
    never: 'Who is in a group of the other tenant.',
  },
  roles: {
    title: 'Role definitions',
    one: 'role definition',
    many: 'role definitions',
    source: 'Azure Resource Manager',
    misses: 'roles whose name and permissions are unknown',
    never: null,
  },
  groups: {
    title: 'Groups and who is in them',
    one: 'group',
    many: 'groups',
    source: 'Microsoft Graph',
    misses: 'people who hold a role only through a group',
    never: `Who is in a group that hides its members, and who is in a group of another directory. A sync by schedule does not list a group again that Microsoft says has not changed, for up to ${LISTED_HOURS} hours; *Sync now* lists every group.`,
  },
  services_in_groups: {
    title: 'Service principals in groups',
    one: 'group',
    many: 'groups',
    source: 'Microsoft Graph, asked for apart from people',
    misses: 'service principals, managed identities and agents that hold a role only through a group',
    never: null,
  },
  eligible_members: {
    title: 'Eligible members of groups',
    one: 'group',
    many: 'groups',
    source: 'Microsoft Graph (Privileged Identity Management for groups)',
    misses: 'people who can activate a membership of a group that holds a role',
    never: null,
  },
  activated_members: {
    title: 'Activated memberships of groups',
    one: 'group',
    many: 'groups',
    source: 'Microsoft Graph (Privileged Identity Management for groups)',
    misses: 'memberships shown as lasting that end in some hours',
    never: null,
  },
  group_owners: {
    title: 'Owners of groups',
    one: 'group',
    many: 'groups',
    source: 'Microsoft Graph',
    misses: 'people who can add members to a group that holds a role',
    never: 'Who may change groups by a role in the directory itself.',
  },
  people: {
    title: 'People',
    one: 'person',
    many: 'people',
    source: 'Microsoft Graph',
    misses: 'people without a name, an address or a status',
    never: null,
  },
  other_principals: {
    title: 'Names of service principals',
    one: 'name',
    many: 'names',
    source: 'Microsoft Graph',
    misses: 'service principals and managed identities shown by their ID',
    never: 'Who can sign in as a service principal.',
  },
  kinds: {
    title: 'Kinds of principals',
    one: 'principal',
    many: 'principals',
    source: 'Azure Resource Manager, and Microsoft Graph where that does not tell',
    misses: 'principals listed apart because their kind could not be found out',
    never: null,
  },
  denies: {
    title: 'Deny assignments',
    one: 'deny assignment',
    many: 'deny assignments',
    source: 'Azure Resource Manager',
    misses: 'roles shown in full although a deny assignment cuts them',
    never: null,
  },
  scopes: {
    title: 'Management groups above',
    one: 'management group',
    many: 'management groups',
    source: 'Azure Resource Manager',
    misses: 'management groups shown by their ID',
    never: null,
  },
  sign_ins: {
    title: 'Last sign-ins',
    one: 'last sign-in',
    many: 'last sign-ins',
    source: 'Microsoft Graph',
    misses: 'people whose last sign-in is not shown',
    never: 'Sign-ins before Microsoft began to keep them for the tenant.',
  },
}
