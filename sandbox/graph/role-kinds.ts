import type { Registry } from '../world/registry'
import type { Kind } from './kind'

/** A role of the directory, by its template's id. */
export type DirectoryRole = { id: string; displayName: string }
/** That someone holds one, everywhere in the directory. */
export type DirectoryRoleAssignment = { id: string; principalId: string; roleDefinitionId: string }

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
