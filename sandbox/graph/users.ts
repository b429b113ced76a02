import type { Registry } from '../world/registry'
import type { User } from '../world/types'
import { chooseObjects } from './choose-objects'
import { contextOf, type GraphCall, holdsAny, isPlainGuest, isSelf } from './graph-call'
import { badRequest, denied, notFound } from './graph-error'
import { showOf } from './kind'
import { countOfList, listPage } from './list-page'
import { USER, userProjectionOf } from './user-kind'

const SIGN_IN_TOP = 500 // people on a page with their sign-in activity; Source: "List users" (recalled)

/** One page of people. The list may be the living or the deleted. */
export function listPeople(call: GraphCall, people: Registry<User>): Response {
  if (isPlainGuest(call)) return denied()
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const chosen = chooseObjects(call, USER, { items: people.list(), registry: people })
  if (chosen instanceof Response) return chosen
  const names = projection.names
  const withSignIns = names?.includes('signInActivity') || /signInActivity/i.test(call.options.get('$filter') ?? '')
  return listPage(call, chosen, {
    context: contextOf(call, `users${names ? `(${names.join(',')})` : ''}`),
    size: Math.min(call.tenant.pageSizes.users, withSignIns ? SIGN_IN_TOP : Number.MAX_SAFE_INTEGER),
    show: projection.show,
  })
}

/** `GET /users`. */
export function listUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.users)
}

/** `GET /users/$count`. */
export function countUsers(call: GraphCall): Response {
  if (isPlainGuest(call)) return denied()
  const { users } = call.tenant
  const chosen = chooseObjects(call, USER, { items: users.list(), registry: users })
  return chosen instanceof Response ? chosen : countOfList(call, chosen)
}

/** A person by id or user principal name, or undefined. */
export function findPerson(call: GraphCall, name: string): User | undefined {
  const { users } = call.tenant
  const wanted = name.toLowerCase()
  return users.get(wanted) ?? users.by('name', (one) => one.userPrincipalName).get(wanted)
}

function showUser(call: GraphCall, user: User, whole: boolean): Response {
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const { names } = projection
  const self = { ...call, permissions: new Set([...call.permissions, ...(whole ? ['User.Read.All'] : [])]) }
  return Response.json({
    '@odata.context': contextOf(call, `users${names ? `(${names.join(',')})` : ''}/$entity`),
    ...showOf(self, USER, names ?? USER.defaults)(user),
  })
}

/** `GET /users/{id or userPrincipalName}`: everyone may be shown to themselves with User.Read. */
export function getUser(call: GraphCall, name: string): Response {
  const self = isSelf(call, name)
  if (!self && (isPlainGuest(call) || !holdsAny(call, [...USER.readers, ...USER.basicReaders]))) return denied()
  const user = findPerson(call, name)
  return user ? showUser(call, user, self) : notFound(name)
}

/** `GET /me`. */
export function getMe(call: GraphCall): Response {
  return call.user ? showUser(call, call.user, true) : noOneSignedIn()
}

/** What an application by itself hears at every address below `/me`. */
export function noOneSignedIn(): Response {
  return badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest')
}
