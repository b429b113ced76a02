import type { Tenant } from '../world/types'
import { AGENT_IDENTITY, AGENT_USER } from './agents'
import { DIRECTORY_OBJECT, type DirectoryObject, derivedTypeOf, findObject, showObjects } from './directory-objects'
import {
  accessDenied,
  badRequest,
  contextOf,
  type GraphCall,
  holdsAny,
  isPlainGuest,
  isSelf,
  notFound,
  readBody,
  readStrings,
} from './graph-call'
import { DEVICE, GROUP, type Kind, projectionOf, SERVICE_PRINCIPAL } from './kinds'
import { countOfList, listContextOf, listPage, queryObjects } from './lists'
import { findPerson, USER } from './users'

/** What an address of members or memberships asks for: of which object, in which direction, cast to a type, or counted. */
export type Reference = { id: string; direction: Direction; cast?: string; isCount: boolean }

export type Direction = 'members' | 'transitiveMembers' | 'memberOf' | 'transitiveMemberOf' | 'owners'

/**
 * `GET /groups/{id}/members` and `/transitiveMembers`. Members of a group that hides them need Member.Read.Hidden. In v1.0
 * service principals are left out, unless the list is cast to them; beta has them.
 * Source: Microsoft Graph "List group members", whose notice says that v1.0 does not list service principals.
 */
export function listMembers(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  const group = call.tenant.groups.get(reference.id)
  if (!group) return notFound(reference.id)
  if (group.hiddenMembership && !holdsAny(call, ['Member.Read.Hidden'])) return accessDenied()
  return listReferences(call, reference)
}

/**
 * `GET /groups/{id}/owners`, also of a group that hides its members. Service principals are left out as among members.
 * Source: Microsoft Graph "List group owners", with the same notice.
 */
export function listOwners(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  return call.tenant.groups.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}

/** The permissions that show the memberships of other people. */
const OTHERS_READERS = [
  'User.Read.All',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'GroupMember.Read.All',
  'GroupMember.ReadBasic.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
]

/** `GET /users/{id}/memberOf` and `/transitiveMemberOf`. For one's own, User.Read is enough. */
export function listMemberOfPerson(call: GraphCall, reference: Reference): Response {
  if (!isSelf(call, reference.id) && (isPlainGuest(call) || !holdsAny(call, OTHERS_READERS))) return accessDenied()
  const user = findPerson(call, reference.id)
  return user ? listReferences(call, { ...reference, id: user.id }) : notFound(reference.id)
}

/** `GET /groups/{id}/memberOf` and `/transitiveMemberOf`. */
export function listMemberOfGroup(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  return call.tenant.groups.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}

/** `GET /servicePrincipals/{id}/memberOf` and `/transitiveMemberOf`. */
export function listMemberOfPrincipal(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  return call.tenant.servicePrincipals.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}

/** The lists of mixed types from which v1.0 leaves service principals out. */
const WITHOUT_SERVICE_PRINCIPALS: ReadonlySet<Direction> = new Set(['members', 'transitiveMembers', 'owners'])

/** Answers with members or memberships, cast to one type or of all types, or with their count. */
function listReferences(call: GraphCall, reference: Reference): Response {
  switch (reference.cast?.toLowerCase()) {
    case undefined:
      return listMixed(call, reference)
    case 'user':
      return listCast(call, USER, reference)
    case 'group':
      return listCast(call, GROUP, reference)
    case 'serviceprincipal':
      return refusePlainCast(call, reference) ?? listCast(call, SERVICE_PRINCIPAL, reference)
    case 'device':
      return listCast(call, DEVICE, reference)
    case 'agentuser':
      return listCast(call, AGENT_USER, reference)
    case 'agentidentity':
      return refusePlainCast(call, reference) ?? listCast(call, AGENT_IDENTITY, reference)
    default:
      return badRequest(`Unrecognized type cast 'microsoft.graph.${reference.cast}'.`, 'BadRequest')
  }
}

/**
 * The refusal of a cast of members or owners to service principals that is not an advanced query; null when it is one, or only counts,
 * which asks for the header itself. Source: Graph's "List group members" asks for the header and `$count`; entra-powershell
 * issue 882 reports that the list is whole with them.
 */
function refusePlainCast(call: GraphCall, { direction, isCount }: Reference): Response | null {
  if (isCount || call.advanced || !WITHOUT_SERVICE_PRINCIPALS.has(direction)) return null
  return badRequest(
    "The specified cast needs the header 'ConsistencyLevel: eventual' and the query parameter '$count=true'.",
    'Request_UnsupportedQuery',
  )
}

function listMixed(call: GraphCall, { id, direction, isCount }: Reference): Response {
  const leavesOut = call.version === 'v1.0' && WITHOUT_SERVICE_PRINCIPALS.has(direction)
  const items = leavesOut
    ? listWithoutServicePrincipals(call.tenant, wantedOf(call, id, direction))
    : listMembersOrGroups(call.tenant, wantedOf(call, id, direction))
  const chosen = queryObjects(call, DIRECTORY_OBJECT, { items, registry: null, reference: !isCount })
  if (chosen instanceof Response) return chosen
  if (isCount) return countOfList(call, chosen)
  const show = showObjects(call)
  if (show instanceof Response) return show
  const select = call.options.get('$select')
  const context = contextOf(call, `directoryObjects${select ? `(${select})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

function listCast<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  { id, direction, isCount }: Reference,
): Response {
  const items = bareItems(call, kind, listMembersOrGroups(call.tenant, wantedOf(call, id, direction), kind.name))
  const chosen = queryObjects(call, kind, { items, registry: null, reference: !isCount })
  if (chosen instanceof Response) return chosen
  if (isCount) return countOfList(call, chosen)
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const { names, show } = projection
  const context = listContextOf(call, kind.set, names)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

const itemsOf = new WeakMap<readonly DirectoryObject[], readonly unknown[]>()

/** The items of a list that was cast to one type. The same array for the same list, so that query results can be kept with it. */
function bareItems<T extends { id: string }>(call: GraphCall, kind: Kind<T>, objects: readonly DirectoryObject[]) {
  const known = itemsOf.get(objects) as readonly T[] | undefined
  if (known) return known
  const registry = kind.registryOf(call.tenant)
  const items = objects.flatMap((one) => registry.get(one.id) ?? [])
  itemsOf.set(objects, items)
  return items
}

const wantedOf = (call: GraphCall, id: string, direction: Direction) => ({
  id,
  direction,
  seesHidden: holdsAny(call, ['Member.Read.Hidden']),
})

/** `seesHidden`: the token has Member.Read.Hidden; without it hidden memberships must not show from either side. */
type Wanted = { id: string; direction: Direction; seesHidden: boolean }

/**
 * The first members or owners of a group as `$expand` shows them, service principals included; no members of a group that
 * hides them from the token (recalled).
 */
export function listFirst(
  call: GraphCall,
  groupId: string,
  relation: 'members' | 'owners',
  limit: number,
): readonly DirectoryObject[] {
  return listMembersOrGroups(call.tenant, wantedOf(call, groupId, relation)).slice(0, limit)
}

/** Lists the members of a group, or the groups that contain an object; of one type if given. The same array until the directory changes. */
function listMembersOrGroups(tenant: Tenant, wanted: Wanted, type?: string): readonly DirectoryObject[] {
  const closure = rememberMembers(tenant, wanted)
  if (type === undefined) return closure.objects
  const known = closure.byType.get(type)
  if (known) return known
  const chosen = closure.objects.filter((one) => one.type === type || derivedTypeOf(one) === type)
  closure.byType.set(type, chosen)
  return chosen
}

/** The same without service principals. The same array until the directory changes. */
function listWithoutServicePrincipals(tenant: Tenant, wanted: Wanted): readonly DirectoryObject[] {
  const closure = rememberMembers(tenant, wanted)
  closure.withoutServicePrincipals ??= closure.objects.filter((one) => one.type !== 'servicePrincipal')
  return closure.withoutServicePrincipals
}

const MAX_CLOSURES = 20 // kept for each tenant, because the pages of a large group are requested one after another

/** All objects that a request for members or memberships leads to. */
type Closure = {
  revision: string
  objects: readonly DirectoryObject[]
  byType: Map<string, readonly DirectoryObject[]>
  withoutServicePrincipals: readonly DirectoryObject[] | null
}
const closuresOf = new WeakMap<Tenant, Map<string, Closure>>()

/** Finds the objects, or takes them from those kept if the directory has not changed. */
function rememberMembers(tenant: Tenant, wanted: Wanted): Closure {
  const all = closuresOf.get(tenant) ?? new Map<string, Closure>()
  closuresOf.set(tenant, all)
  const key = `${wanted.direction}/${wanted.id}/${wanted.seesHidden}`
  const revision = revisionOf(tenant)
  let closure = all.get(key)
  all.delete(key) // set again below, so that the closure used last stands at the end
  if (closure?.revision !== revision) {
    const objects: DirectoryObject[] = []
    for (const one of findIds(tenant, wanted)) {
      const found = findObject(tenant, one)
      if (found) objects.push(found)
    }
    closure = { revision, objects, byType: new Map(), withoutServicePrincipals: null }
  }
  all.set(key, closure)
  const oldest = all.keys().next().value
  if (all.size > MAX_CLOSURES && oldest !== undefined) all.delete(oldest)
  return closure
}

/** The ids that a request leads to; what hidden memberships would reveal is left out. */
function findIds({ memberships, owners, groups }: Tenant, { direction, id, seesHidden }: Wanted): Iterable<string> {
  const hides = (groupId: string) => !seesHidden && groups.get(groupId)?.hiddenMembership === true
  if (direction === 'owners') return owners.memberList(id)
  if (direction === 'members') return hides(id) ? [] : memberships.memberList(id)
  if (direction === 'transitiveMembers') return memberships.transitiveMembersOf(id, hides)
  if (direction === 'transitiveMemberOf') return memberships.transitiveGroupsOf(id, hides)
  return [...memberships.groupsOf(id)].filter((groupId) => !hides(groupId))
}

const revisionOf = ({ memberships, owners, users, groups, servicePrincipals, devices }: Tenant) =>
  [memberships, owners, users, groups, servicePrincipals, devices].map((one) => one.revision).join('/')

const MAX_CHECKED_GROUPS = 20 // in one checkMemberGroups. Source: Microsoft Graph "checkMemberGroups"

export type MemberGroupsAction = 'getmembergroups' | 'getmemberobjects' | 'checkmembergroups'

/** `POST …/getMemberGroups`, `getMemberObjects`, `checkMemberGroups`: ids of the groups that contain an object, directly or through groups. */
export async function listMemberGroups(call: GraphCall, name: string, action: MemberGroupsAction): Promise<Response> {
  const object = findPerson(call, name) ?? findObject(call.tenant, name.toLowerCase())
  if (isPlainGuest(call) && object?.id !== call.user?.id) return accessDenied()
  if (!object) return notFound(name)
  const body = await readBody(call)
  if (body instanceof Response) return body
  const reply = (value: string[]) =>
    Response.json({ '@odata.context': contextOf(call, 'Collection(Edm.String)'), value })
  if (action !== 'checkmembergroups') {
    const { securityEnabledOnly } = body
    if (typeof securityEnabledOnly !== 'boolean')
      return badRequest("Invalid value specified for property 'securityEnabledOnly' of resource 'DirectoryObject'.")
    return reply(groupsOf(call, object.id, securityEnabledOnly))
  }
  const asked = readStrings(body.groupIds, MAX_CHECKED_GROUPS)
  if (!asked) return badRequest(`groupIds must be a list of at most ${MAX_CHECKED_GROUPS} ids.`)
  const held = new Set(groupsOf(call, object.id, false))
  return reply([...new Set(asked.map((id) => id.toLowerCase()))].filter((id) => held.has(id)))
}

function groupsOf(call: GraphCall, id: string, securityOnly: boolean): string[] {
  const { memberships, groups } = call.tenant
  return memberships.transitiveGroupsOf(id).filter((one) => !securityOnly || groups.get(one)?.securityEnabled)
}
