import { contextOf, type GraphCall, holdsAny, isPlainGuest } from './graph-call'
import { denied, notFound } from './graph-error'
import { listReferences, type Reference } from './references'

/** `GET /groups/{id}/members` and `/transitiveMembers`. Members of a group that hides them need Member.Read.Hidden. */
export function listMembers(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return denied()
  const group = call.tenant.groups.get(reference.id)
  if (!group) return notFound(reference.id)
  if (group.hiddenMembership && !holdsAny(call, ['Member.Read.Hidden'])) return denied()
  return listReferences(call, reference)
}

/** `GET /groups/{id}/owners`: nobody owns a group of the sandbox. */
export function listOwners(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return denied()
  if (!call.tenant.groups.has(id.toLowerCase())) return notFound(id)
  return Response.json({ '@odata.context': contextOf(call, 'directoryObjects'), value: [] })
}
