import type { Registry } from '../world/collections'
import type { DeletedGroup, Device, Group, ServicePrincipal, Tenant } from '../world/types'
import { plainPropertiesOf, securityIdentifierOf } from './directory-properties'
import { badRequest, type GraphCall, holdsAny } from './graph-call'

/** A type of directory object: where its objects are, which properties they have, and which permissions show them. */
export type Kind<T extends { id: string }> = {
  name:
    | 'user'
    | 'group'
    | 'servicePrincipal'
    | 'agentUser'
    | 'agentIdentity'
    | 'device'
    | 'directoryObject'
    | 'application'
    | 'directoryRole'
    | 'unifiedRoleDefinition'
    | 'unifiedRoleAssignment'
    | 'privilegedAccessGroupEligibilityScheduleInstance'
    | 'privilegedAccessGroupAssignmentScheduleInstance'
    | 'unifiedRoleAssignmentScheduleInstance'
    | 'unifiedRoleEligibilityScheduleInstance'
    | 'directoryAudit'
  /** The entity set: `users`. */
  set: string
  registryOf(tenant: Tenant): Registry<T>
  properties: Readonly<Record<string, (item: T) => unknown>>
  /** The properties shown without $select. */
  defaults: readonly string[]
  /** The permissions that show every property, and those that only show the `basic` ones. */
  readers: readonly string[]
  basicReaders: readonly string[]
  basic: ReadonlySet<string>
  /** The name of the derived type that an object is of, which lists of this type show; null for most objects. */
  derivedTypeOf?(item: T): string | null
}

/** Shows an object as JSON. */
export type Show<T> = (item: T) => Record<string, unknown>
/** `names` are those in $select, spelled as Graph does; null without $select. */
export type Projection<T> = { names: string[] | null; show: Show<T> }

/** How to show objects for this request's $select and permissions; the refusal of an unknown property. */
export function projectionOf<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Projection<T> | Response {
  const asked = selectedNames(call)
  if (!asked) return { names: null, show: showOf(call, kind, kind.defaults) }
  const names: string[] = []
  for (const one of asked) {
    const name = spellProperty(kind, one)
    if (!name)
      return badRequest(
        `Could not find a property named '${one}' on type 'microsoft.graph.${kind.name}'.`,
        'BadRequest',
      )
    names.push(name)
  }
  return { names, show: showOf(call, kind, names) }
}

/** The names in $select; null without $select. */
export function selectedNames(call: GraphCall): string[] | null {
  const select = call.options.get('$select')
  return select ? select.split(',').map((name) => name.trim()) : null
}

/** Shows the named properties. Those that the token may not read are null; the id is always shown. */
export function showOf<T extends { id: string }>(call: GraphCall, kind: Kind<T>, names: readonly string[]): Show<T> {
  const full = holdsAny(call, kind.readers)
  const basic = holdsAny(call, kind.basicReaders)
  const readers = names.flatMap((name) => {
    const read = kind.properties[name]
    if (!read) return []
    const isVisible = full || name === 'id' || (basic && kind.basic.has(name))
    return [[name, isVisible ? read : () => null] as const]
  })
  return (item) => {
    const shown: Record<string, unknown> = {}
    const derived = kind.derivedTypeOf?.(item)
    if (derived) shown['@odata.type'] = `#microsoft.graph.${derived}`
    for (const [name, read] of readers) shown[name] = read(item)
    return shown
  }
}

const spellingsOf = new WeakMap<object, Map<string, string>>()

/** A property's name as Graph spells it; undefined when the type has no such property. */
export function spellProperty<T extends { id: string }>(kind: Kind<T>, name: string): string | undefined {
  let spellings = spellingsOf.get(kind)
  if (!spellings) {
    spellings = new Map(Object.keys(kind.properties).map((one) => [one.toLowerCase(), one]))
    spellingsOf.set(kind, spellings)
  }
  return spellings.get(name.trim().toLowerCase())
}

/** For types whose objects a tenant keeps no registry of. */
export const throwNoRegistry = (): never => {
  throw new Error('A tenant has no registry of objects of this type.')
}

/** Groups; all of them are security groups without mail. Source of the defaults: Microsoft Graph "Get group". */
export const GROUP: Kind<Group> = {
  name: 'group',
  set: 'groups',
  registryOf: (tenant) => tenant.groups,
  readers: [
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  basicReaders: ['Group.ReadBasic.All', 'GroupMember.ReadBasic.All'],
  basic: new Set(['id', 'displayName', 'description', 'securityEnabled', 'mailEnabled', 'groupTypes', 'mail']),
  defaults: [
    'id',
    'deletedDateTime',
    'classification',
    'createdDateTime',
    'description',
    'displayName',
    'groupTypes',
    'isAssignableToRole',
    'mail',
    'mailEnabled',
    'mailNickname',
    'onPremisesSyncEnabled',
    'proxyAddresses',
    'renewedDateTime',
    'securityEnabled',
    'visibility',
  ],
  properties: {
    ...plainPropertiesOf('group'),
    id: (group) => group.id,
    createdDateTime: (group) => group.createdDateTime,
    description: (group) => group.description,
    displayName: (group) => group.displayName,
    isAssignableToRole: (group) => group.isAssignableToRole,
    mailEnabled: () => false,
    mailNickname: (group) => group.displayName.replace(/\W/g, ''),
    renewedDateTime: (group) => group.createdDateTime,
    securityEnabled: (group) => group.securityEnabled,
    securityIdentifier: securityIdentifierOf,
    visibility: (group) => (group.hiddenMembership ? 'HiddenMembership' : null),
  },
}

/** Groups in the recycle bin (deleted, can be restored). */
export const DELETED_GROUP: Kind<DeletedGroup> = {
  ...GROUP,
  registryOf: (tenant) => tenant.deletedGroups,
  properties: { ...GROUP.properties, deletedDateTime: (group) => group.deletedDateTime },
}

/** Service principals, including managed identities. Source: Microsoft Graph "servicePrincipal resource type". */
export const SERVICE_PRINCIPAL: Kind<ServicePrincipal> = {
  name: 'servicePrincipal',
  set: 'servicePrincipals',
  registryOf: (tenant) => tenant.servicePrincipals,
  readers: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  basicReaders: [],
  basic: new Set(),
  defaults: [
    'id',
    'deletedDateTime',
    'accountEnabled',
    'alternativeNames',
    'appDisplayName',
    'appId',
    'appOwnerOrganizationId',
    'appRoleAssignmentRequired',
    'createdDateTime',
    'displayName',
    'servicePrincipalNames',
    'servicePrincipalType',
    'tags',
    'appRoles',
    'keyCredentials',
    'oauth2PermissionScopes',
    'passwordCredentials',
  ],
  properties: {
    ...plainPropertiesOf('servicePrincipal'),
    id: (principal) => principal.id,
    accountEnabled: (principal) => principal.accountEnabled,
    alternativeNames: (principal) => principal.alternativeNames,
    appDisplayName: (principal) =>
      principal.servicePrincipalType === 'ManagedIdentity' ? null : principal.displayName,
    appId: (principal) => principal.appId,
    appOwnerOrganizationId: (principal) => principal.appOwnerOrganizationId,
    appRoleAssignmentRequired: () => false,
    createdDateTime: (principal) => principal.createdDateTime,
    displayName: (principal) => principal.displayName,
    servicePrincipalNames: (principal) => [principal.appId],
    servicePrincipalType: (principal) => principal.servicePrincipalType,
  },
  derivedTypeOf: (principal) => (principal.agentIdentityBlueprintId === null ? null : 'agentIdentity'),
}

/** Devices. Source: Microsoft Graph "device resource type". */
export const DEVICE: Kind<Device> = {
  name: 'device',
  set: 'devices',
  registryOf: (tenant) => tenant.devices,
  readers: ['Device.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  basicReaders: [],
  basic: new Set(),
  defaults: ['id', 'accountEnabled', 'deviceId', 'displayName', 'operatingSystem', 'operatingSystemVersion'],
  properties: {
    ...plainPropertiesOf('device'),
    id: (device) => device.id,
    accountEnabled: (device) => device.accountEnabled,
    deviceId: (device) => device.deviceId,
    displayName: (device) => device.displayName,
    operatingSystem: () => 'Windows',
    operatingSystemVersion: () => '10.0.26100',
  },
}
