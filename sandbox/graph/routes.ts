import { AGENT_IDENTITY, AGENT_USER, listAgents } from './agents'
import {
  applicationsOf,
  getApplication,
  getServicePrincipal,
  getServicePrincipalByAppId,
  listApplications,
} from './applications'
import { listDirectoryAudits } from './directory-audits'
import { getByIds, getDeletedItem, getDirectoryObject, listDeletedGroups, listDeletedUsers } from './directory-objects'
import { listAssignmentInstances, listEligibilityInstances } from './directory-role-schedules'
import {
  DIRECTORY_ROLE,
  getDirectoryRole,
  listDirectoryRoleAssignments,
  listDirectoryRoleMembers,
  listDirectoryRoles,
  ROLE_DEFINITION,
} from './directory-roles'
import { accessDenied, contextOf, type GraphCall, isPlainGuest, isSelf, notFound } from './graph-call'
import { getGroup, listGroups } from './groups'
import { listGroupsDelta } from './groups-delta'
import { DEVICE, GROUP, SERVICE_PRINCIPAL } from './kinds'
import { countCollection, listCollection, showObject } from './lists'
import {
  type Direction,
  listMemberGroups,
  listMemberOfGroup,
  listMemberOfPerson,
  listMemberOfPrincipal,
  listMembers,
  listOwners,
  type MemberGroupsAction,
  type Reference,
} from './memberships'
import { listOwnedObjects } from './owned-objects'
import { ASSIGNMENT_INSTANCES, ELIGIBILITY_INSTANCES, listGroupSchedules } from './privileged-access'
import { findTenantInformation, getOrganization, listSubscribedSkus } from './tenant'
import { findPerson, getMe, getUser, listUsers, USER } from './users'
import { listUsersDelta } from './users-delta'

/** The named groups of a route's path. */
type Parts = Record<string, string | undefined>
/** An address. `cost` is in resource units, by Microsoft's table; `permissions` is the key of those that suffice. */
type Route = {
  method: 'GET' | 'POST'
  path: RegExp
  cost: number
  permissions: PermissionKey
  answer(call: GraphCall, parts: Parts): Response | Promise<Response>
}

const ID = '(?<id>[^/]+)'
const REFERENCE = '(?:/(?:microsoft\\.)?graph\\.(?<cast>\\w+))?(?<count>/\\$count)?'

/** A route, from a path that is a regular expression without its ends. */
const route = (
  method: Route['method'],
  path: string,
  [permissions, cost]: [PermissionKey, number],
  answer: Route['answer'],
): Route => ({ method, path: new RegExp(`^${path}$`, 'i'), cost, permissions, answer })

const referenceOf = (direction: Direction, { id = '', cast, count }: Parts): Reference => ({
  id: id.toLowerCase(),
  direction,
  ...(cast === undefined ? {} : { cast }),
  isCount: count !== undefined,
})
const ownedBy = ({ id = '', cast, count }: Parts) => ({ id, cast: cast ?? null, isCount: count !== undefined })
/** The parts of an address below `/me`, with the id of the signed-in person. */
const asSignedInPerson = (call: GraphCall, parts: Parts): Parts => ({ ...parts, id: call.user?.id ?? '' })

const memberships: Route[] = (['memberOf', 'transitiveMemberOf'] as const).flatMap((direction) => [
  route('GET', `/me/${direction}${REFERENCE}`, [direction, 2], (call, parts) =>
    listMemberOfPerson(call, referenceOf(direction, asSignedInPerson(call, parts))),
  ),
  route('GET', `/users/${ID}/${direction}${REFERENCE}`, [direction, 2], (call, parts) =>
    listMemberOfPerson(call, referenceOf(direction, parts)),
  ),
  route('GET', `/groups/${ID}/${direction}${REFERENCE}`, ['groupMemberOf', 2], (call, parts) =>
    listMemberOfGroup(call, referenceOf(direction, parts)),
  ),
  route('GET', `/servicePrincipals/${ID}/${direction}${REFERENCE}`, ['applicationMemberOf', 2], (call, parts) =>
    listMemberOfPrincipal(call, referenceOf(direction, parts)),
  ),
])

const members: Route[] = (
  [
    ['members', 3],
    ['transitiveMembers', 5],
  ] as const
).map(([direction, cost]) =>
  route('GET', `/groups/${ID}/${direction}${REFERENCE}`, ['members', cost], (call, parts) =>
    listMembers(call, referenceOf(direction, parts)),
  ),
)

const actions: Route[] = (['getMemberGroups', 'getMemberObjects', 'checkMemberGroups'] as const).flatMap((name) => {
  const action = name.toLowerCase() as MemberGroupsAction
  const key = name === 'getMemberObjects' ? 'memberObjects' : 'memberGroups'
  return [
    route('POST', `/me/${name}`, [key, 2], (call) => listMemberGroups(call, call.user?.id ?? '', action)),
    route(
      'POST',
      `/(?:users|groups|servicePrincipals|devices|directoryObjects)/${ID}/${name}`,
      [key, 2],
      (call, { id = '' }) => listMemberGroups(call, id, action),
    ),
  ]
})

const emptyRelations: Route[] = (
  [
    ['users', 'licenseDetails', 'users'],
    ['users', 'appRoleAssignments', 'appRoleAssignments'],
    ['servicePrincipals', 'appRoleAssignedTo', 'appRoleAssignments'],
    ['servicePrincipals', 'appRoleAssignments', 'appRoleAssignments'],
    ['servicePrincipals', 'owners', 'applications'],
    ['applications', 'owners', 'applications'],
    ['applications', 'federatedIdentityCredentials', 'applications'],
  ] as const
).map(([set, relation, permissions]) =>
  route('GET', `/${set}/${ID}/${relation}`, [permissions, 1], (call, { id = '' }) =>
    listEmptyRelation(call, { set, id, relation }),
  ),
)

const DIRECTORY_RBAC = '/roleManagement/directory'
/** A directory role by its id, or by that of its template. */
const ROLE = "(?:/(?<id>[^/]+)|\\(roleTemplateId='(?<template>[^']+)'\\))"

const roles: Route[] = [
  route('GET', '/directoryRoles', ['directoryRoles', 1], (call) => listDirectoryRoles(call, DIRECTORY_ROLE)),
  route('GET', `/directoryRoles${ROLE}`, ['directoryRoles', 1], (call, { id, template = '' }) =>
    getDirectoryRole(call, DIRECTORY_ROLE, id ?? template),
  ),
  route('GET', `/directoryRoles${ROLE}/members`, ['directoryRoles', 1], (call, { id, template = '' }) =>
    listDirectoryRoleMembers(call, id ?? template),
  ),
  route('GET', `/roleManagement/directory/roleDefinitions/${ID}`, ['directoryRoles', 1], (call, { id = '' }) =>
    getDirectoryRole(call, ROLE_DEFINITION, id),
  ),
  route('GET', '/roleManagement/directory/roleDefinitions', ['directoryRoles', 1], (call) =>
    listDirectoryRoles(call, ROLE_DEFINITION),
  ),
  route('GET', '/roleManagement/directory/roleAssignments', ['directoryRoles', 1], listDirectoryRoleAssignments),
  route(
    'GET',
    `${DIRECTORY_RBAC}/roleAssignmentScheduleInstances`,
    ['roleAssignmentSchedules', 1],
    listAssignmentInstances,
  ),
  route(
    'GET',
    `${DIRECTORY_RBAC}/roleEligibilityScheduleInstances`,
    ['roleEligibilitySchedules', 1],
    listEligibilityInstances,
  ),
  route('GET', '/auditLogs/directoryAudits', ['directoryAudits', 1], listDirectoryAudits),
]

const privilegedAccess: Route[] = [ELIGIBILITY_INSTANCES, ASSIGNMENT_INSTANCES].map((list) =>
  route('GET', `/identityGovernance/privilegedAccess/group/${list.name}`, [list.permissions, 1], (call) =>
    listGroupSchedules(call, list),
  ),
)

/** Every address that is imitated; the first whose path matches answers. */
export const ROUTES: readonly Route[] = [
  route('GET', '/me', ['me', 1], getMe),
  route('GET', '/users', ['users', 2], listUsers),
  route('GET', '/users/\\$count', ['users', 1], (call) => countCollection(call, USER)),
  route('GET', '/users/delta(?:\\(\\))?', ['usersDelta', 2], listUsersDelta),
  route('GET', '/users/microsoft\\.graph\\.agentUser', ['users', 2], (call) => listAgents(call, AGENT_USER)),
  route('GET', `/users/${ID}`, ['user', 1], (call, { id = '' }) => getUser(call, id)),
  route('GET', `/me/ownedObjects${REFERENCE}`, ['ownedObjects', 1], (call, parts) =>
    listOwnedObjects(call, ownedBy(asSignedInPerson(call, parts))),
  ),
  route('GET', `/users/${ID}/ownedObjects${REFERENCE}`, ['ownedObjects', 1], (call, parts) =>
    listOwnedObjects(call, ownedBy(parts)),
  ),
  route('GET', `/users/${ID}/manager`, ['users', 1], (call, { id = '' }) => getManager(call, id)),
  route('GET', '/groups', ['groups', 1], listGroups),
  route('GET', '/groups/delta(?:\\(\\))?', ['groupsDelta', 1], listGroupsDelta),
  route('GET', '/groups/\\$count', ['groups', 1], (call) => countCollection(call, GROUP)),
  route('GET', `/groups/${ID}`, ['groups', 1], (call, { id = '' }) => getGroup(call, id)),
  route('GET', `/groups/${ID}/owners${REFERENCE}`, ['owners', 1], (call, parts) =>
    listOwners(call, referenceOf('owners', parts)),
  ),
  ...members,
  ...memberships,
  ...actions,
  route('GET', '/servicePrincipals', ['servicePrincipals', 1], (call) => listCollection(call, SERVICE_PRINCIPAL)),
  route('GET', '/servicePrincipals/\\$count', ['servicePrincipals', 1], (call) =>
    countCollection(call, SERVICE_PRINCIPAL),
  ),
  route('GET', "/servicePrincipals\\(appId='(?<id>[^']+)'\\)", ['servicePrincipals', 1], (call, { id = '' }) =>
    getServicePrincipalByAppId(call, id),
  ),
  route('GET', '/servicePrincipals/microsoft\\.graph\\.agentIdentity', ['servicePrincipals', 1], (call) =>
    listAgents(call, AGENT_IDENTITY),
  ),
  route('GET', `/servicePrincipals/${ID}`, ['servicePrincipals', 1], (call, { id = '' }) =>
    getServicePrincipal(call, id),
  ),
  route('GET', '/applications', ['applications', 1], listApplications),
  route('GET', `/applications/${ID}`, ['applications', 1], (call, { id = '' }) => getApplication(call, id)),
  ...emptyRelations,
  ...roles,
  ...privilegedAccess,
  route('GET', '/devices', ['devices', 1], (call) => listCollection(call, DEVICE)),
  route('GET', `/devices/${ID}`, ['devices', 1], (call, { id = '' }) =>
    showObject(call, DEVICE, id, call.tenant.devices.get(id.toLowerCase())),
  ),
  route('POST', '/directoryObjects/(?:(?:microsoft\\.)?graph\\.)?getByIds', ['directoryObjects', 3], getByIds),
  route('GET', `/directoryObjects/${ID}`, ['directoryObjects', 1], (call, { id = '' }) => getDirectoryObject(call, id)),
  route('GET', '/directory/deletedItems/(?:microsoft\\.)?graph\\.user', ['deletedUsers', 1], listDeletedUsers),
  route('GET', '/directory/deletedItems/(?:microsoft\\.)?graph\\.group', ['deletedGroups', 1], listDeletedGroups),
  route('GET', `/directory/deletedItems/${ID}`, ['deletedUsers', 1], (call, { id = '' }) => getDeletedItem(call, id)),
  route('GET', '/organization', ['organization', 1], getOrganization),
  route('GET', '/subscribedSkus', ['subscribedSkus', 3], listSubscribedSkus),
  route(
    'GET',
    "/tenantRelationships/(?:(?:microsoft\\.)?graph\\.)?findTenantInformationByTenantId\\(tenantId='(?<id>[^']+)'\\)",
    ['tenantInformation', 1],
    (call, { id = '' }) => findTenantInformation(call, id),
  ),
]

/** A relation that is always empty in the sandbox: owners, app role assignments, licences. */
type EmptyRelation = { set: 'users' | 'servicePrincipals' | 'applications'; id: string; relation: string }

function exists(call: GraphCall, { set, id }: EmptyRelation): boolean {
  if (set === 'users') return findPerson(call, id) !== undefined
  if (set === 'servicePrincipals') return call.tenant.servicePrincipals.has(id.toLowerCase())
  return applicationsOf(call.world, call.tenant.id).has(id.toLowerCase())
}

/** `GET /{set}/{id}/{relation}` of an empty relation: an empty list when the object exists. */
function listEmptyRelation(call: GraphCall, relation: EmptyRelation): Response {
  if (isPlainGuest(call) && !(relation.set === 'users' && isSelf(call, relation.id))) return accessDenied()
  if (!exists(call, relation)) return notFound(relation.id)
  return Response.json({
    '@odata.context': contextOf(call, `${relation.set}('${relation.id}')/${relation.relation}`),
    value: [],
  })
}

/** `GET /users/{id}/manager`: people of the sandbox have no managers, which Graph answers with 404. */
function getManager(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return accessDenied()
  return notFound(findPerson(call, id) ? 'manager' : id)
}

/** These permissions show every list of the directory. */
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
const ROLE_MANAGEMENT = ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory']
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
 * The permissions for each kind of call; any one of them suffices. Source: microsoft-graph-devx-content
 * `permissions/new/permissions.json` (2026-08-07), limited to those that the sandbox can consent to. Recalled, not verified:
 * devices, roles, applications and their owners, schedules of groups' assignments, memberships of groups and of service principals. For `getByIds` the source names
 * Directory.Read.All only, but Graph was seen to load the types whose own permission the token has.
 */
export const PERMISSIONS_OF = {
  me: ['User.Read', 'User.ReadWrite', ...USERS],
  users: USERS,
  user: ['User.Read', 'User.ReadWrite', ...USERS],
  ownedObjects: ['User.Read', 'User.ReadWrite', 'User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  usersDelta: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  groups: GROUPS,
  groupsDelta: ['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY],
  members: MEMBERS,
  owners: [
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Directory.Read.All',
  ],
  groupEligibility: [
    'PrivilegedEligibilitySchedule.Read.AzureADGroup',
    'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  ],
  groupAssignments: [
    'PrivilegedAssignmentSchedule.Read.AzureADGroup',
    'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  ],
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
  roleAssignmentSchedules: ['RoleAssignmentSchedule.Read.Directory', ...ROLE_MANAGEMENT],
  roleEligibilitySchedules: ['RoleEligibilitySchedule.Read.Directory', ...ROLE_MANAGEMENT],
  directoryAudits: ['AuditLog.Read.All', ...DIRECTORY],
  deletedUsers: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  deletedGroups: ['Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY],
  organization: ['User.Read', 'User.Read.All', 'Organization.Read.All', ...DIRECTORY],
  subscribedSkus: ['LicenseAssignment.Read.All', 'Organization.Read.All', ...DIRECTORY],
  tenantInformation: ['CrossTenantInformation.ReadBasic.All'],
} as const satisfies Record<string, readonly string[]>

type PermissionKey = keyof typeof PERMISSIONS_OF

/** Permissions that only exist as delegated ones: an application without a user never has them, whatever its token says. */
export const DELEGATED_ONLY: ReadonlySet<string> = new Set(['User.Read', 'User.ReadWrite'])
