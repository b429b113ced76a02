import { contextOf, type GraphCall, isPlainGuest } from './graph-call'
import { denied, notFound } from './graph-error'
import { userProjectionOf } from './user-kind'
import { listPeople } from './users'

/** `GET /directory/deletedItems/microsoft.graph.user`. */
export function listDeletedUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.deletedUsers)
}

/** `GET /directory/deletedItems/microsoft.graph.group`: none, as security groups did not go to the bin for long years. */
export function listDeletedGroups(call: GraphCall): Response {
  if (isPlainGuest(call)) return denied()
  return Response.json({ '@odata.context': contextOf(call, 'groups'), value: [] })
}

/** `GET /directory/deletedItems/{id}`: people only. */
export function getDeletedItem(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return denied()
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const user = call.tenant.deletedUsers.get(id.toLowerCase())
  if (!user) return notFound(id)
  return Response.json({
    '@odata.context': contextOf(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.user',
    ...projection.show(user),
    deletedDateTime: user.deletedDateTime,
  })
}
