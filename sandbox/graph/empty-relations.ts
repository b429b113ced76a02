import { applicationsOf } from './application-kind'
import { contextOf, type GraphCall, isPlainGuest, isSelf } from './graph-call'
import { denied, notFound } from './graph-error'
import { findPerson } from './users'

/** Something the sandbox knows of, which has none of what is asked for: owners, app role assignments, licences. */
type Owned = { set: 'users' | 'servicePrincipals' | 'applications'; id: string; relation: string }

function exists(call: GraphCall, { set, id }: Owned): boolean {
  if (set === 'users') return findPerson(call, id) !== undefined
  if (set === 'servicePrincipals') return call.tenant.servicePrincipals.has(id.toLowerCase())
  return applicationsOf(call.world, call.tenant.id).has(id.toLowerCase())
}

/** `GET /{set}/{id}/{relation}` of what nobody in the sandbox has: an empty list, where the object exists. */
export function listNothing(call: GraphCall, owned: Owned): Response {
  if (isPlainGuest(call) && !(owned.set === 'users' && isSelf(call, owned.id))) return denied()
  if (!exists(call, owned)) return notFound(owned.id)
  return Response.json({
    '@odata.context': contextOf(call, `${owned.set}('${owned.id}')/${owned.relation}`),
    value: [],
  })
}

/** `GET /users/{id}/manager`: nobody has one, which Graph answers as something not found. */
export function getManager(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return denied()
  return notFound(findPerson(call, id) ? 'manager' : id)
}
