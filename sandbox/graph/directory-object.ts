import type { Registry } from '../world/registry'
import type { Device, Group, ServicePrincipal, Tenant, User } from '../world/types'
import { DEVICE } from './device-kind'
import type { GraphCall } from './graph-call'
import { badRequest } from './graph-error'
import { GROUP } from './group-kind'
import { type Kind, type Show, selectedNames, showOf, spell } from './kind'
import { SERVICE_PRINCIPAL } from './service-principal-kind'
import { USER } from './user-kind'

/** An object of the directory with its type. */
export type DirectoryObject =
  | { id: string; type: 'user'; item: User }
  | { id: string; type: 'group'; item: Group }
  | { id: string; type: 'servicePrincipal'; item: ServicePrincipal }
  | { id: string; type: 'device'; item: Device }

/** An object by id, or undefined. */
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

const none = (): Registry<DirectoryObject> => {
  throw new Error('Directory objects have no registry of their own.')
}

/** Objects of any type, by what all of them have. */
export const DIRECTORY_OBJECT: Kind<DirectoryObject> = {
  name: 'directoryObject',
  set: 'directoryObjects',
  registryOf: none,
  readers: [],
  basicReaders: [],
  basic: new Set(),
  defaults: ['id'],
  properties: { id: (one) => one.id, displayName: (one) => one.item.displayName },
}

function namesFor<T extends { id: string }>(kind: Kind<T>, asked: readonly string[] | null): readonly string[] {
  return asked ? asked.flatMap((name) => spell(kind, name) ?? []) : kind.defaults
}

/**
 * How to show objects of mixed types: `@odata.type`, the id, and what the token may read of each type, the rest null.
 * Source: permissions-overview "Limited information returned for inaccessible member objects".
 *
 * @param leaveOut names v1.0 does not show at this address
 */
export function showObjects(call: GraphCall, leaveOut: readonly string[] = []): Show<DirectoryObject> | Response {
  const asked = selectedNames(call)
  const unknown = asked?.find(
    (name) => !(spell(USER, name) || spell(GROUP, name) || spell(SERVICE_PRINCIPAL, name) || spell(DEVICE, name)),
  )
  if (unknown !== undefined)
    return badRequest(
      `Could not find a property named '${unknown}' on type 'microsoft.graph.directoryObject'.`,
      'BadRequest',
    )
  const keep = (names: readonly string[]) => names.filter((name) => !leaveOut.includes(name))
  const user = showOf(call, USER, keep(namesFor(USER, asked)))
  const group = showOf(call, GROUP, keep(namesFor(GROUP, asked)))
  const principal = showOf(call, SERVICE_PRINCIPAL, keep(namesFor(SERVICE_PRINCIPAL, asked)))
  const device = showOf(call, DEVICE, keep(namesFor(DEVICE, asked)))
  const shown = (one: DirectoryObject) => {
    if (one.type === 'user') return user(one.item)
    if (one.type === 'group') return group(one.item)
    return one.type === 'device' ? device(one.item) : principal(one.item)
  }
  return (one) => ({ '@odata.type': `#microsoft.graph.${one.type}`, id: one.id, ...shown(one) })
}
