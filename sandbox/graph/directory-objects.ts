import { JsonResponse } from '../list-pages'
import type { Device, Group, ServicePrincipal, Tenant, User } from '../world/types'
import {
  accessDenied,
  badRequest,
  contextOf,
  type GraphCall,
  holdsAny,
  isPlainGuest,
  notFound,
  readBody,
  readStrings,
} from './graph-call'
import {
  DELETED_GROUP,
  DEVICE,
  GROUP,
  type Kind,
  projectionOf,
  SERVICE_PRINCIPAL,
  type Show,
  selectedNames,
  showOf,
  spellProperty,
  throwNoRegistry,
} from './kinds'
import { listCollection } from './lists'
import { listPeople, USER, userProjectionOf } from './users'

/** An object of the directory with its type. */
export type DirectoryObject =
  | { id: string; type: 'user'; item: User }
  | { id: string; type: 'group'; item: Group }
  | { id: string; type: 'servicePrincipal'; item: ServicePrincipal }
  | { id: string; type: 'device'; item: Device }

/** Finds an object of any type by its id. */
export function findObject(tenant: Tenant, id: string): DirectoryObject | undefined {
  const user = tenant.users.get(id)
  if (user) return { id, type: 'user', item: user }
  const group = tenant.groups.get(id)
  if (group) return { id, type: 'group', item: group }
  const principal = tenant.servicePrincipals.get(id)
  if (principal) return { id, type: 'servicePrincipal', item: principal }
  const device = tenant.devices.get(id)
  return device && { id, type: 'device', item: device }
}

const MAX_IDS = 1_000

/** Properties that v1.0 was seen to leave out of the answer to `getByIds`. Source: microsoft-graph-docs issue 8798. */
const NOT_IN_GET_BY_IDS = ['accountEnabled']

/** `POST /directoryObjects/getByIds`: unknown ids, and objects of types that the token may not read, are left out. */
export async function getByIds(call: GraphCall): Promise<Response> {
  if (isPlainGuest(call)) return accessDenied()
  const body = await readBody(call)
  if (body instanceof Response) return body
  const ids = readStrings(body.ids, MAX_IDS)
  if (!ids) return badRequest(`The number of ids must be between 1 and ${MAX_IDS}.`)
  const types = body.types === undefined ? null : readStrings(body.types, 100)?.map((type) => type.toLowerCase())
  if (types === undefined) return badRequest("Invalid value specified for property 'types'.")
  const show = showObjects(call, NOT_IN_GET_BY_IDS)
  if (show instanceof Response) return show
  const value = [...new Set(ids.map((id) => id.toLowerCase()))]
    .flatMap((id) => findObject(call.tenant, id) ?? [])
    .filter((one) => (!types || isOfType(one, types)) && mayRead(call, one))
  return new JsonResponse({ '@odata.context': contextOf(call, 'directoryObjects'), value: value.map(show) })
}

/** Whether an object is of one of these types, given in lower case; an agent's is of its own type and of the one it derives from. */
function isOfType(one: DirectoryObject, types: readonly string[]): boolean {
  const derived = derivedTypeOf(one)?.toLowerCase()
  return types.includes(one.type.toLowerCase()) || (derived !== undefined && types.includes(derived))
}

/** The derived type of an agent's object: `agentUser` or `agentIdentity`; null for all others. */
export function derivedTypeOf(one: DirectoryObject): string | null {
  if (one.type === 'user') return USER.derivedTypeOf?.(one.item) ?? null
  return one.type === 'servicePrincipal' ? (SERVICE_PRINCIPAL.derivedTypeOf?.(one.item) ?? null) : null
}

/** `GET /directoryObjects/{id}`. */
export function getDirectoryObject(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return accessDenied()
  const found = findObject(call.tenant, id.toLowerCase())
  if (!found) return notFound(id)
  if (!mayRead(call, found)) return accessDenied()
  const show = showObjects(call)
  if (show instanceof Response) return show
  return Response.json({ '@odata.context': contextOf(call, 'directoryObjects/$entity'), ...show(found) })
}

const READERS = {
  user: USER.readers,
  group: GROUP.readers,
  servicePrincipal: SERVICE_PRINCIPAL.readers,
  device: DEVICE.readers,
}

const mayRead = (call: GraphCall, { type }: DirectoryObject) => holdsAny(call, READERS[type])

/** Objects of any type, with the properties that all types have. */
export const DIRECTORY_OBJECT: Kind<DirectoryObject> = {
  name: 'directoryObject',
  set: 'directoryObjects',
  registryOf: throwNoRegistry,
  readers: [],
  basicReaders: [],
  basic: new Set(),
  defaults: ['id'],
  properties: { id: (one) => one.id, displayName: (one) => one.item.displayName },
}

/**
 * How to show objects of mixed types: `@odata.type`, the id, and the properties of each type; those that the token may not
 * read are null.
 * Source: permissions-overview "Limited information returned for inaccessible member objects".
 *
 * @param leaveOut names of properties that v1.0 does not show at this address
 */
export function showObjects(call: GraphCall, leaveOut: readonly string[] = []): Show<DirectoryObject> | Response {
  const asked = selectedNames(call)
  const unknown = asked?.find(
    (name) =>
      !(
        spellProperty(USER, name) ||
        spellProperty(GROUP, name) ||
        spellProperty(SERVICE_PRINCIPAL, name) ||
        spellProperty(DEVICE, name)
      ),
  )
  if (unknown !== undefined)
    return badRequest(
      `Could not find a property named '${unknown}' on type 'microsoft.graph.directoryObject'.`,
      'BadRequest',
    )
  const withoutLeftOut = (names: readonly string[]) => names.filter((name) => !leaveOut.includes(name))
  const user = showOf(call, USER, withoutLeftOut(namesFor(USER, asked)))
  const group = showOf(call, GROUP, withoutLeftOut(namesFor(GROUP, asked)))
  const principal = showOf(call, SERVICE_PRINCIPAL, withoutLeftOut(namesFor(SERVICE_PRINCIPAL, asked)))
  const device = showOf(call, DEVICE, withoutLeftOut(namesFor(DEVICE, asked)))
  const showProperties = (one: DirectoryObject) => {
    if (one.type === 'user') return user(one.item)
    if (one.type === 'group') return group(one.item)
    return one.type === 'device' ? device(one.item) : principal(one.item)
  }
  return (one) => ({ '@odata.type': `#microsoft.graph.${one.type}`, id: one.id, ...showProperties(one) })
}

function namesFor<T extends { id: string }>(kind: Kind<T>, asked: readonly string[] | null): readonly string[] {
  return asked ? asked.flatMap((name) => spellProperty(kind, name) ?? []) : kind.defaults
}

/** `GET /directory/deletedItems/microsoft.graph.user`. */
export function listDeletedUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.deletedUsers)
}

/** `GET /directory/deletedItems/microsoft.graph.group`. Security groups can be restored too, as in Azure nowadays. */
export function listDeletedGroups(call: GraphCall): Response {
  return listCollection(call, DELETED_GROUP)
}

/** `GET /directory/deletedItems/{id}`: a person or a group. */
export function getDeletedItem(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return accessDenied()
  const user = call.tenant.deletedUsers.get(id.toLowerCase())
  if (!user) return getDeletedGroup(call, id)
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  return Response.json({
    '@odata.context': contextOf(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.user', // an agent's account names its own type instead
    ...projection.show(user),
    deletedDateTime: user.deletedDateTime,
  })
}

function getDeletedGroup(call: GraphCall, id: string): Response {
  const group = call.tenant.deletedGroups.get(id.toLowerCase())
  if (!group) return notFound(id)
  if (!holdsAny(call, DELETED_GROUP.readers)) return accessDenied()
  const projection = projectionOf(call, DELETED_GROUP)
  if (projection instanceof Response) return projection
  return Response.json({
    '@odata.context': contextOf(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.group',
    ...projection.show(group),
  })
}
