import { type GraphCall, holdsAny, isPlainGuest } from './graph-call'
import { denied, notFound } from './graph-error'
import { projectionOf } from './user-properties'
import { listPeople } from './users'

/** `GET /directory/deletedItems/microsoft.graph.user`. */
export function listDeletedUsers(call: GraphCall): Response {
  if (!holdsAny(call, 'User.Read.All', 'Directory.Read.All')) return denied()
  return listPeople(call, call.tenant.deletedUsers)
}

/** `GET /directory/deletedItems/{id}`: people only, for now. */
export function getDeletedItem(call: GraphCall, id: string): Response {
  if (isPlainGuest(call) || !holdsAny(call, 'User.Read.All', 'Directory.Read.All')) return denied()
  const projection = projectionOf(call, false)
  if (projection instanceof Response) return projection
  const user = call.tenant.deletedUsers.get(id.toLowerCase())
  if (!user) return notFound(id)
  return Response.json({
    '@odata.context': `https://${call.cloud.graph}/v1.0/$metadata#directoryObjects/$entity`,
    '@odata.type': '#microsoft.graph.user',
    ...projection.show(user),
    deletedDateTime: user.deletedDateTime,
  })
}
