import { listCollection } from './collection'
import { contextOf, type GraphCall, holdsAny, isPlainGuest } from './graph-call'
import { denied, notFound } from './graph-error'
import { DELETED_GROUP } from './group-kind'
import { projectionOf } from './kind'
import { userProjectionOf } from './user-kind'
import { listPeople } from './users'

/** `GET /directory/deletedItems/microsoft.graph.user`. */
export function listDeletedUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.deletedUsers)
}

/** `GET /directory/deletedItems/microsoft.graph.group`. Security groups are in the bin too, as they have been of late. */
export function listDeletedGroups(call: GraphCall): Response {
  return listCollection(call, DELETED_GROUP)
}

function getDeletedGroup(call: GraphCall, id: string): Response {
  const group = call.tenant.deletedGroups.get(id.toLowerCase())
  if (!group) return notFound(id)
  if (!holdsAny(call, DELETED_GROUP.readers)) return denied()
  const projection = projectionOf(call, DELETED_GROUP)
  if (projection instanceof Response) return projection
  return Response.json({
    '@odata.context': contextOf(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.group',
    ...projection.show(group),
  })
}

/** `GET /directory/deletedItems/{id}`: people and groups. */
export function getDeletedItem(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return denied()
  const user = call.tenant.deletedUsers.get(id.toLowerCase())
  if (!user) return getDeletedGroup(call, id)
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  return Response.json({
    '@odata.context': contextOf(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.user',
    ...projection.show(user),
    deletedDateTime: user.deletedDateTime,
  })
}
