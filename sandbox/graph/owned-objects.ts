import type { User } from '../world/types'
import { DIRECTORY_OBJECT, type DirectoryObject, showObjects } from './directory-objects'
import {
  accessDenied,
  badRequest,
  contextOf,
  type GraphCall,
  holdsAny,
  isPlainGuest,
  isSelf,
  notFound,
} from './graph-call'
import { GROUP, projectionOf } from './kinds'
import { countOfList, listContextOf, listPage, queryObjects } from './lists'
import { findPerson, USER } from './users'

/** What an address of owned objects asks for: of which person, cast to a type (null: of every type), or counted. */
export type Owned = { id: string; cast: string | null; isCount: boolean }

/** The types that people can own; in the sandbox they own groups only. */
const OWNED_TYPES = new Set(['group', 'application', 'serviceprincipal', 'device'])

/**
 * `GET /me/ownedObjects` and `/users/{id}/ownedObjects`, also cast and counted. For one's own, User.Read is enough. Source:
 * Microsoft Graph "List ownedObjects".
 */
export function listOwnedObjects(call: GraphCall, { id, cast, isCount }: Owned): Response {
  if (!isSelf(call, id) && (isPlainGuest(call) || !holdsAny(call, USER.readers))) return accessDenied()
  const person = findPerson(call, id)
  if (!person) return notFound(id)
  const type = cast?.toLowerCase() ?? null
  if (type !== null && !OWNED_TYPES.has(type))
    return badRequest(`Unrecognized type cast 'microsoft.graph.${cast}'.`, 'BadRequest')
  const items = type === null || type === 'group' ? ownedGroups(call, person) : []
  return type === 'group' ? listGroups(call, items, isCount) : listMixed(call, items, isCount)
}

const ownedGroups = ({ tenant }: GraphCall, { id }: User): DirectoryObject[] =>
  [...tenant.owners.groupsOf(id)].flatMap((groupId) => {
    const item = tenant.groups.get(groupId)
    return item ? [{ id: groupId, type: 'group' as const, item }] : []
  })

function listMixed(call: GraphCall, items: readonly DirectoryObject[], isCount: boolean): Response {
  const chosen = queryObjects(call, DIRECTORY_OBJECT, { items, registry: null, reference: !isCount })
  if (chosen instanceof Response) return chosen
  if (isCount) return countOfList(call, chosen)
  const show = showObjects(call)
  if (show instanceof Response) return show
  const context = contextOf(call, 'directoryObjects')
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

function listGroups(call: GraphCall, objects: readonly DirectoryObject[], isCount: boolean): Response {
  const items = objects.flatMap((one) => (one.type === 'group' ? [one.item] : []))
  const chosen = queryObjects(call, GROUP, { items, registry: null, reference: !isCount })
  if (chosen instanceof Response) return chosen
  if (isCount) return countOfList(call, chosen)
  const projection = projectionOf(call, GROUP)
  if (projection instanceof Response) return projection
  const context = listContextOf(call, 'groups', projection.names)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show: projection.show })
}
