import {
  APPLICATION_ADMINISTRATOR,
  CLOUD_APPLICATION_ADMINISTRATOR,
  DIRECTORY_WRITERS,
  GLOBAL_ADMINISTRATOR,
  GLOBAL_READER,
  GROUPS_ADMINISTRATOR,
  IDENTITY_GOVERNANCE_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
  USER_ADMINISTRATOR,
} from '../world/roles'
import type { Tenant } from '../world/types'
import type { GraphCall } from './graph-call'
import { type Kind, throwNoRegistry } from './kinds'
import { listObjects } from './lists'

/** A role of the directory; `id` is the id of its template. */
type DirectoryRole = { id: string; displayName: string }
/** The assignment of a role to a person, for the whole directory. */
type DirectoryRoleAssignment = { id: string; principalId: string; roleDefinitionId: string }

const ROLES: readonly DirectoryRole[] = [
  { id: GLOBAL_ADMINISTRATOR, displayName: 'Global Administrator' },
  { id: APPLICATION_ADMINISTRATOR, displayName: 'Application Administrator' },
  { id: CLOUD_APPLICATION_ADMINISTRATOR, displayName: 'Cloud Application Administrator' },
  { id: PRIVILEGED_ROLE_ADMINISTRATOR, displayName: 'Privileged Role Administrator' },
  { id: GLOBAL_READER, displayName: 'Global Reader' },
  { id: DIRECTORY_WRITERS, displayName: 'Directory Writers' },
  { id: GROUPS_ADMINISTRATOR, displayName: 'Groups Administrator' },
  { id: IDENTITY_GOVERNANCE_ADMINISTRATOR, displayName: 'Identity Governance Administrator' },
  { id: USER_ADMINISTRATOR, displayName: 'User Administrator' },
]

/** `GET /directoryRoles` and `/roleManagement/directory/roleDefinitions`: the roles that people of the sandbox can hold. */
export function listDirectoryRoles(call: GraphCall, kind: Kind<DirectoryRole>): Response {
  return listObjects(call, kind, { items: ROLES, registry: null })
}

/** `GET /roleManagement/directory/roleAssignments`. */
export function listDirectoryRoleAssignments(call: GraphCall): Response {
  return listObjects(call, ROLE_ASSIGNMENT, { items: assignmentsOf(call.tenant), registry: null })
}

const assignmentsIn = new WeakMap<Tenant, { revision: number; assignments: readonly DirectoryRoleAssignment[] }>()

/** Who holds which role. Kept until people change, because it takes a walk through all of them. */
function assignmentsOf(tenant: Tenant): readonly DirectoryRoleAssignment[] {
  const { revision } = tenant.users
  const known = assignmentsIn.get(tenant)
  if (known?.revision === revision) return known.assignments
  const assignments: DirectoryRoleAssignment[] = []
  for (const { id, directoryRoles } of tenant.users.values())
    for (const roleId of directoryRoles)
      assignments.push({ id: `${roleId}-${id}`, principalId: id, roleDefinitionId: roleId })
  assignmentsIn.set(tenant, { revision, assignments })
  return assignments
}

const readers = ['RoleManagement.Read.Directory', 'Directory.Read.All', 'Directory.ReadWrite.All']
const plain = { registryOf: throwNoRegistry, readers, basicReaders: [], basic: new Set<string>() }

/** Activated directory roles. Recalled, not verified; in Azure they have ids of their own, here those of their templates. */
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

/** Role definitions. Recalled, not verified. */
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

/** Role assignments. Recalled, not verified. */
const ROLE_ASSIGNMENT: Kind<DirectoryRoleAssignment> = {
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
