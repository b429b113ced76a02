import { type GraphCall, holdsAny, isPlainGuest, isSelf } from './graph-call'
import { denied, notFound } from './graph-error'
import { listReferences, type Reference } from './references'
import { findPerson } from './users'

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
  if (!isSelf(call, reference.id) && (isPlainGuest(call) || !holdsAny(call, OF_OTHERS))) return denied()
  const user = findPerson(call, reference.id)
  return user ? listReferences(call, { ...reference, id: user.id }) : notFound(reference.id)
}

/** The same for a group. */
export function listMemberOfGroup(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return denied()
  return call.tenant.groups.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}

/** The same for a service principal. */
export function listMemberOfPrincipal(call: GraphCall, reference: Reference): Response {
  if (isPlainGuest(call)) return denied()
  return call.tenant.servicePrincipals.has(reference.id) ? listReferences(call, reference) : notFound(reference.id)
}
