import { getApplication, listApplications } from './applications'
import { countCollection, listCollection, showObject } from './collection'
import { getDeletedItem, listDeletedGroups, listDeletedUsers } from './deleted-items'
import { DEVICE } from './device-kind'
import { getByIds, getDirectoryObject } from './directory-objects'
import { listRoleAssignments, listRoles } from './directory-roles'
import { getManager, listNothing } from './empty-relations'
import type { GraphCall } from './graph-call'
import { GROUP } from './group-kind'
import { listMemberGroups, type MemberGroupsAction } from './member-groups'
import { listMemberOfGroup, listMemberOfPerson, listMemberOfPrincipal } from './member-of'
import { listMembers, listOwners } from './members'
import { getOrganization } from './organization'
import type { PermissionKey } from './permissions'
import type { Reach } from './reached-objects'
import type { Reference } from './references'
import { DIRECTORY_ROLE, ROLE_DEFINITION } from './role-kinds'
import { SERVICE_PRINCIPAL } from './service-principal-kind'
import { getServicePrincipal, getServicePrincipalByAppId } from './service-principals'
import { listSubscribedSkus } from './subscribed-skus'
import { findTenantInformation } from './tenant-information'
import { countUsers, getMe, getUser, listUsers } from './users'
import { listUsersDelta } from './users-delta'

type Parts = Record<string, string | undefined>
/** `cost`: resource units, by Microsoft's table; `permissions`: which of the table's rows holds. */
type Route = {
  method: 'GET' | 'POST'
  path: RegExp
  cost: number
  permissions: PermissionKey
  answer(call: GraphCall, parts: Parts): Response | Promise<Response>
}

const ID = '(?<id>[^/]+)'
const REFERENCE = '(?:/microsoft\\.graph\\.(?<cast>\\w+))?(?<count>/\\$count)?'

const route = (
  method: Route['method'],
  path: string,
  [permissions, cost]: [PermissionKey, number],
  answer: Route['answer'],
): Route => ({ method, path: new RegExp(`^${path}$`, 'i'), cost, permissions, answer })

const referenceOf = (reach: Reach, { id = '', cast, count }: Parts): Reference => ({
  id: id.toLowerCase(),
  reach,
  ...(cast === undefined ? {} : { cast }),
  counting: count !== undefined,
})
const mine = (call: GraphCall, parts: Parts): Parts => ({ ...parts, id: call.user?.id ?? '' })

const memberships: Route[] = (['memberOf', 'transitiveMemberOf'] as const).flatMap((reach) => [
  route('GET', `/me/${reach}${REFERENCE}`, [reach, 2], (call, parts) =>
    listMemberOfPerson(call, referenceOf(reach, mine(call, parts))),
  ),
  route('GET', `/users/${ID}/${reach}${REFERENCE}`, [reach, 2], (call, parts) =>
    listMemberOfPerson(call, referenceOf(reach, parts)),
  ),
  route('GET', `/groups/${ID}/${reach}${REFERENCE}`, ['groupMemberOf', 2], (call, parts) =>
    listMemberOfGroup(call, referenceOf(reach, parts)),
  ),
  route('GET', `/servicePrincipals/${ID}/${reach}${REFERENCE}`, ['applicationMemberOf', 2], (call, parts) =>
    listMemberOfPrincipal(call, referenceOf(reach, parts)),
  ),
])

const members: Route[] = (
  [
    ['members', 3],
    ['transitiveMembers', 5],
  ] as const
).map(([reach, cost]) =>
  route('GET', `/groups/${ID}/${reach}${REFERENCE}`, ['members', cost], (call, parts) =>
    listMembers(call, referenceOf(reach, parts)),
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
    listNothing(call, { set, id, relation }),
  ),
)

const roles: Route[] = [
  route('GET', '/directoryRoles', ['directoryRoles', 1], (call) => listRoles(call, DIRECTORY_ROLE)),
  route('GET', '/roleManagement/directory/roleDefinitions', ['directoryRoles', 1], (call) =>
    listRoles(call, ROLE_DEFINITION),
  ),
  route('GET', '/roleManagement/directory/roleAssignments', ['directoryRoles', 1], listRoleAssignments),
]

/** Every address imitated; the first that fits answers. */
export const ROUTES: readonly Route[] = [
  route('GET', '/me', ['me', 1], getMe),
  route('GET', '/users', ['users', 2], listUsers),
  route('GET', '/users/\\$count', ['users', 1], countUsers),
  route('GET', '/users/delta(?:\\(\\))?', ['usersDelta', 2], listUsersDelta),
  route('GET', `/users/${ID}`, ['user', 1], (call, { id = '' }) => getUser(call, id)),
  route('GET', `/users/${ID}/manager`, ['users', 1], (call, { id = '' }) => getManager(call, id)),
  route('GET', '/groups', ['groups', 1], (call) => listCollection(call, GROUP)),
  route('GET', '/groups/\\$count', ['groups', 1], (call) => countCollection(call, GROUP)),
  route('GET', `/groups/${ID}`, ['groups', 1], (call, { id = '' }) =>
    showObject(call, GROUP, id, call.tenant.groups.get(id.toLowerCase())),
  ),
  route('GET', `/groups/${ID}/owners`, ['groups', 1], (call, { id = '' }) => listOwners(call, id)),
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
  route('GET', `/servicePrincipals/${ID}`, ['servicePrincipals', 1], (call, { id = '' }) =>
    getServicePrincipal(call, id),
  ),
  route('GET', '/applications', ['applications', 1], listApplications),
  route('GET', `/applications/${ID}`, ['applications', 1], (call, { id = '' }) => getApplication(call, id)),
  ...emptyRelations,
  ...roles,
  route('GET', '/devices', ['devices', 1], (call) => listCollection(call, DEVICE)),
  route('GET', `/devices/${ID}`, ['devices', 1], (call, { id = '' }) =>
    showObject(call, DEVICE, id, call.tenant.devices.get(id.toLowerCase())),
  ),
  route('POST', '/directoryObjects/(?:microsoft\\.graph\\.)?getByIds', ['directoryObjects', 3], getByIds),
  route('GET', `/directoryObjects/${ID}`, ['directoryObjects', 1], (call, { id = '' }) => getDirectoryObject(call, id)),
  route('GET', '/directory/deletedItems/microsoft\\.graph\\.user', ['deletedUsers', 1], listDeletedUsers),
  route('GET', '/directory/deletedItems/microsoft\\.graph\\.group', ['deletedGroups', 1], listDeletedGroups),
  route('GET', `/directory/deletedItems/${ID}`, ['deletedUsers', 1], (call, { id = '' }) => getDeletedItem(call, id)),
  route('GET', '/organization', ['organization', 1], getOrganization),
  route('GET', '/subscribedSkus', ['subscribedSkus', 3], listSubscribedSkus),
  route(
    'GET',
    "/tenantRelationships/(?:microsoft\\.graph\\.)?findTenantInformationByTenantId\\(tenantId='(?<id>[^']+)'\\)",
    ['tenantInformation', 1],
    (call, { id = '' }) => findTenantInformation(call, id),
  ),
]
