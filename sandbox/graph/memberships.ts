import type { Tenant } from '../world/types'
import { DIRECTORY_OBJECT, type DirectoryObject, findObject, showObjects } from './directory-objects'
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
  stringsIn,
} from './graph-call'
import { DEVICE, GROUP, type Kind, projectionOf, SERVICE_PRINCIPAL } from './kinds'
import { countOfList, listPage, queryObjects } from './lists'
import { findPerson, USER } from './users'

/** What an address through a reference says: of what, in which direction, and its last segments. */
export type Reference = { id: string; reach: Reach; cast?: string; counting: boolean }

export type Reach = 'members' | 'transitiveMembers' | 'memberOf' | 'transitiveMemberOf'

/** `GET /groups/{id}/members` and `/transitiveMembers`. Members of a group that hides them need Member.Read.Hidden. */
export function listMembers(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  const group = call.tenant.groups.get(reference.id)
  if (!group) return notFound(reference.id)
  if (group.hiddenMembership && !holdsAny(call, ['Member.Read.Hidden'])) return accessDenied()
  return listReferences(call, reference)
}

/** `GET /groups/{id}/owners`: nobody owns a group of the sandbox. */
export function listOwners(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return accessDenied()
  if (!call.tenant.groups.has(id.toLowerCase())) return notFound(id)
  return Response.json({ '@odata.context': contextOf(call, 'directoryObjects'), value: [] })
}

const OF_OTHERS = [
  'User.Read.All',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'GroupMember.Read.All',
  'GroupMember.ReadBasic.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
]

/** `GET /users/{id}/memberOf` and `/transitiveMemberOf`: one's own with User.Read. */
export function listMemberOfPerson(call: GraphCall, reference: Reference): Response {
  if (!isSelf(call, reference.id) && (isPlainGuest(call) || !holdsAny(call, OF_OTHERS))) return accessDenied()
  const user = findPerson(call, reference.id)
  return user ? listReferences(call, { ...reference, id: user.id }) : notFound(reference.id)
}

/** The same for a group. */
export function listMemberOfGroup(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  return call.tenant.groups.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}

/** The same for a service principal. */
export function listMemberOfPrincipal(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return accessDenied()
  return call.tenant.servicePrincipals.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}

/** A list of members or memberships, cast to one type or of all, or its count. */
export function listReferences(call: GraphCall, reference: Reference): Response {
  switch (reference.cast?.toLowerCase()) {
    case undefined:
      return listMixed(call, reference)
    case 'user':
      return listCast(call, USER, reference)
    case 'group':
      return listCast(call, GROUP, reference)
    case 'serviceprincipal':
      return listCast(call, SERVICE_PRINCIPAL, reference)
    case 'device':
      return listCast(call, DEVICE, reference)
    default:
      return badRequest(`Unrecognized type cast 'microsoft.graph.${reference.cast}'.`, 'BadRequest')
  }
}

function listMixed(call: GraphCall, { id, reach, counting }: Reference): Response {
  const items = listMembersOrGroups(call.tenant, wantedOf(call, id, reach))
  const chosen = queryObjects(call, DIRECTORY_OBJECT, { items, registry: null, reference: !counting })
  if (chosen instanceof Response) return chosen
  if (counting) return countOfList(call, chosen)
  const show = showObjects(call)
  if (show instanceof Response) return show
  const select = call.options.get('$select')
  const context = contextOf(call, `directoryObjects${select ? `(${select})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

function listCast<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  { id, reach, counting }: Reference,
): Response {
  const items = bareItems(call, kind, listMembersOrGroups(call.tenant, wantedOf(call, id, reach), kind.name))
  const chosen = queryObjects(call, kind, { items, registry: null, reference: !counting })
  if (chosen instanceof Response) return chosen
  if (counting) return countOfList(call, chosen)
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const { names, show } = projection
  const context = contextOf(call, `${kind.set}${names ? `(${names.join(',')})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

const itemsOf = new WeakMap<readonly DirectoryObject[], readonly unknown[]>()

/** The bare items of a cast list; the same array as long as the list is. `objects` are of the kind's type alone. */
function bareItems<T extends { id: string }>(call: GraphCall, kind: Kind<T>, objects: readonly DirectoryObject[]) {
  const known = itemsOf.get(objects) as readonly T[] | undefined
  if (known) return known
  const registry = kind.registryOf(call.tenant)
  const items = objects.flatMap((one) => registry.get(one.id) ?? [])
  itemsOf.set(objects, items)
  return items
}

const wantedOf = (call: GraphCall, id: string, reach: Reach) => ({
  id,
  reach,
  seesHidden: holdsAny(call, ['Member.Read.Hidden']),
})

/** `seesHidden`: the token has Member.Read.Hidden; without it nothing tells who is in a group that hides its members. */
type Wanted = { id: string; reach: Reach; seesHidden: boolean }

/** What is in a group, or what something is in; of one type when asked. The same array until the directory changes. */
export function listMembersOrGroups(tenant: Tenant, wanted: Wanted, type?: string): readonly DirectoryObject[] {
  const closure = rememberMembers(tenant, wanted)
  if (type === undefined) return closure.objects
  const known = closure.byType.get(type)
  if (known) return known
  const chosen = closure.objects.filter((one) => one.type === type)
  closure.byType.set(type, chosen)
  return chosen
}

const MAX_CLOSURES = 20 // closures kept for one tenant: the pages of a large group are asked for one after another

type Closure = {
  revision: string
  objects: readonly DirectoryObject[]
  byType: Map<string, readonly DirectoryObject[]>
}
const closuresOf = new WeakMap<Tenant, Map<string, Closure>>()

function rememberMembers(tenant: Tenant, wanted: Wanted): Closure {
  const all = closuresOf.get(tenant) ?? new Map<string, Closure>()
  closuresOf.set(tenant, all)
  const key = `${wanted.reach}/${wanted.id}/${wanted.seesHidden}`
  const revision = revisionOf(tenant)
  let closure = all.get(key)
  all.delete(key) // the one used last goes to the end
  if (closure?.revision !== revision) {
    const objects: DirectoryObject[] = []
    for (const one of findIds(tenant, wanted)) {
      const found = findObject(tenant, one)
      if (found) objects.push(found)
    }
    closure = { revision, objects, byType: new Map() }
  }
  all.set(key, closure)
  const oldest = all.keys().next().value
  if (all.size > MAX_CLOSURES && oldest !== undefined) all.delete(oldest)
  return closure
}

function findIds({ memberships, groups }: Tenant, { reach, id, seesHidden }: Wanted): Iterable<string> {
  const hides = (groupId: string) => !seesHidden && groups.get(groupId)?.hiddenMembership === true
  if (reach === 'members') return hides(id) ? [] : memberships.memberList(id)
  if (reach === 'transitiveMembers') return memberships.transitiveMembersOf(id, hides)
  if (reach === 'transitiveMemberOf') return memberships.transitiveGroupsOf(id, hides)
  return [...memberships.groupsOf(id)].filter((groupId) => !hides(groupId))
}

const revisionOf = ({ memberships, users, groups, servicePrincipals, devices }: Tenant) =>
  [memberships, users, groups, servicePrincipals, devices].map((one) => one.revision).join('/')

const MAX_CHECKED = 20 // groups in one checkMemberGroups. Source: Microsoft Graph "checkMemberGroups"

export type MemberGroupsAction = 'getmembergroups' | 'getmemberobjects' | 'checkmembergroups'

/** `POST …/getMemberGroups`, `getMemberObjects`, `checkMemberGroups`: ids of the groups something is in, directly or not. */
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
  const asked = stringsIn(body.groupIds, MAX_CHECKED)
  if (!asked) return badRequest(`groupIds must be a list of at most ${MAX_CHECKED} ids.`)
  const held = new Set(groupsOf(call, object.id, false))
  return reply([...new Set(asked.map((id) => id.toLowerCase()))].filter((id) => held.has(id)))
}

function groupsOf(call: GraphCall, id: string, securityOnly: boolean): string[] {
  const { memberships, groups } = call.tenant
  return memberships.transitiveGroupsOf(id).filter((one) => !securityOnly || groups.get(one)?.securityEnabled)
}
