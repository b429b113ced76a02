import type { Registry } from '../world/collections'
import {
  APPLICATION_ADMINISTRATOR,
  CLOUD_APPLICATION_ADMINISTRATOR,
  GLOBAL_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
} from '../world/roles'
import type { Tenant } from '../world/types'
import { accessDenied, contextOf, type GraphCall, isPlainGuest } from './graph-call'
import { type Kind, projectionOf } from './kinds'
import { listPage, queryObjects } from './lists'

/** A role of the directory, by its template's id. */
export type DirectoryRole = { id: string; displayName: string }
/** That someone holds one, everywhere in the directory. */
export type DirectoryRoleAssignment = { id: string; principalId: string; roleDefinitionId: string }

const ROLES: readonly DirectoryRole[] = [
  { id: GLOBAL_ADMINISTRATOR, displayName: 'Global Administrator' },
  { id: APPLICATION_ADMINISTRATOR, displayName: 'Application Administrator' },
  { id: CLOUD_APPLICATION_ADMINISTRATOR, displayName: 'Cloud Application Administrator' },
  { id: PRIVILEGED_ROLE_ADMINISTRATOR, displayName: 'Privileged Role Administrator' },
]

/** `GET /directoryRoles` and `/roleManagement/directory/roleDefinitions`: the roles the sandbox gives to people. */
export function listDirectoryRoles(call: GraphCall, kind: Kind<DirectoryRole>): Response {
  return listRoleObjects(call, kind, ROLES)
}

/** `GET /roleManagement/directory/roleAssignments`. */
export function listDirectoryRoleAssignments(call: GraphCall): Response {
  return listRoleObjects(call, ROLE_ASSIGNMENT, assignmentsOf(call.tenant))
}

function listRoleObjects<T extends { id: string }>(call: GraphCall, kind: Kind<T>, items: readonly T[]): Response {
  if (isPlainGuest(call)) return accessDenied()
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const chosen = queryObjects(call, kind, { items, registry: null })
  if (chosen instanceof Response) return chosen
  const { names, show } = projection
  const context = contextOf(call, `${kind.set}${names ? `(${names.join(',')})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.users, show })
}

const heldIn = new WeakMap<Tenant, { revision: number; held: readonly DirectoryRoleAssignment[] }>()

/** Who holds which role; people are looked through once for each state of the directory. */
function assignmentsOf(tenant: Tenant): readonly DirectoryRoleAssignment[] {
  const { revision } = tenant.users
  const known = heldIn.get(tenant)
  if (known?.revision === revision) return known.held
  const held: DirectoryRoleAssignment[] = []
  for (const { id, directoryRoles } of tenant.users.values())
    for (const roleId of directoryRoles) held.push({ id: `${roleId}-${id}`, principalId: id, roleDefinitionId: roleId })
  heldIn.set(tenant, { revision, held })
  return held
}

const readers = ['RoleManagement.Read.Directory', 'Directory.Read.All', 'Directory.ReadWrite.All']
const none = (): Registry<never> => {
  throw new Error('Directory roles are held by people; there is no registry of them.')
}
const plain = { registryOf: none, readers, basicReaders: [], basic: new Set<string>() }

/** Roles that somebody activated once. Recalled, not verified: their ids are the templates' here, and their own in Azure. */
export const DIRECTORY_ROLE: Kind<DirectoryRole> = {
  ...plain,
  name: 'directoryRole',
  set: 'directoryRoles',
  defaults: ['id', 'deletedDateTime', 'description', 'displayName', 'roleTemplateId'],
  properties: {
    id: (role) => role.id,
    deletedDateTime: () => null,
    description: (role) => role.displayName,
    displayName: (role) => role.displayName,
    roleTemplateId: (role) => role.id,
  },
}

/** Definitions of roles. Recalled, not verified. */
export const ROLE_DEFINITION: Kind<DirectoryRole> = {
  ...plain,
  name: 'unifiedRoleDefinition',
  set: 'roleManagement/directory/roleDefinitions',
  defaults: ['id', 'description', 'displayName', 'isBuiltIn', 'isEnabled', 'templateId', 'resourceScopes', 'version'],
  properties: {
    id: (role) => role.id,
    description: (role) => role.displayName,
    displayName: (role) => role.displayName,
    isBuiltIn: () => true,
    isEnabled: () => true,
    templateId: (role) => role.id,
    resourceScopes: () => ['/'],
    rolePermissions: () => [],
    version: () => '1',
  },
}

/** Assignments of roles. Recalled, not verified. */
export const ROLE_ASSIGNMENT: Kind<DirectoryRoleAssignment> = {
  ...plain,
  name: 'unifiedRoleAssignment',
  set: 'roleManagement/directory/roleAssignments',
  defaults: ['id', 'principalId', 'directoryScopeId', 'roleDefinitionId'],
  properties: {
    id: (one) => one.id,
    principalId: (one) => one.principalId,
    directoryScopeId: () => '/',
    roleDefinitionId: (one) => one.roleDefinitionId,
  },
}
