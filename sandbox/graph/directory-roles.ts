import { DIRECTORY_ROLES } from '../world/directory-roles'
import type { Tenant } from '../world/types'
import { type DirectoryObject, showObjects } from './directory-objects'
import { accessDenied, badRequest, contextOf, type GraphCall, isPlainGuest, notFound, notSimulated } from './graph-call'
import { type Kind, type Show, throwNoRegistry } from './kinds'
import { listObjects, listPage, showObject } from './lists'

/** A role of the directory; `id` is the id of its template. */
type DirectoryRole = { id: string; displayName: string }
/** The assignment of a role to a person, for the whole directory. */
export type DirectoryRoleAssignment = { id: string; principalId: string; roleDefinitionId: string }

const ROLES: readonly DirectoryRole[] = [...DIRECTORY_ROLES].map(([id, displayName]) => ({ id, displayName }))

/** `GET /directoryRoles` and `/roleManagement/directory/roleDefinitions`: the roles that people of the sandbox can hold. */
export function listDirectoryRoles(call: GraphCall, kind: Kind<DirectoryRole>): Response {
  return listObjects(call, kind, { items: ROLES, registry: null })
}

/** One of them: `GET /directoryRoles/{id}` and `/roleManagement/directory/roleDefinitions/{id}`. */
export function getDirectoryRole(call: GraphCall, kind: Kind<DirectoryRole>, id: string): Response {
  return showObject(call, kind, id, findRole(id))
}

const findRole = (id: string) => ROLES.find((role) => role.id === id.toLowerCase())

/** `GET /directoryRoles/{id}/members`: the people who hold a role now. */
export function listDirectoryRoleMembers(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return accessDenied()
  const role = findRole(id)
  if (!role) return notFound(id)
  const show = showObjects(call)
  if (show instanceof Response) return show
  const holders = heldRoles(call.tenant).filter((one) => one.roleDefinitionId === role.id)
  const people = holders.flatMap(({ principalId }) => personOf(call.tenant, principalId) ?? [])
  return listPage(call, people, {
    context: contextOf(call, 'directoryObjects'),
    size: call.tenant.pageSizes.members,
    show,
  })
}

/** `GET /roleManagement/directory/roleAssignments`. */
export function listDirectoryRoleAssignments(call: GraphCall): Response {
  return listWithExpand(call, ROLE_ASSIGNMENT, heldRoles(call.tenant))
}

/**
 * A list of assignments, with the property that `$expand` names: `principal` or `roleDefinition`. The refusal of a second
 * property in one request is recalled, not verified.
 */
export function listWithExpand<T extends DirectoryRoleAssignment>(
  call: GraphCall,
  kind: Kind<T>,
  items: readonly T[],
): Response {
  const expand = expandOf(call, kind.name)
  return expand instanceof Response ? expand : listObjects(call, kind, { items, registry: null }, { expand })
}

/** What `$expand` adds to an assignment; null without it, and the refusal of what cannot be expanded. */
function expandOf(call: GraphCall, type: string): Show<DirectoryRoleAssignment> | null | Response {
  const [name, ...more] = (call.options.get('$expand') ?? '').split(',').map((one) => one.trim())
  if (!name) return null
  if (more.length > 0) return badRequest('Only one property can be expanded in a single request.', 'BadRequest')
  const ofPerson = showObjects({ ...call, options: new Map() })
  if (ofPerson instanceof Response) return ofPerson
  switch (name.toLowerCase()) {
    case 'principal':
      return ({ principalId }) => {
        const person = personOf(call.tenant, principalId)
        return { principal: person ? ofPerson(person) : null }
      }
    case 'roledefinition':
      return ({ roleDefinitionId }) => {
        const role = findRole(roleDefinitionId)
        return { roleDefinition: role ? showRole(role) : null }
      }
    case 'directoryscope':
    case 'appscope':
      return notSimulated(`Expanding '${name}'`)
    default:
      return badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`, 'BadRequest')
  }
}

const showRole = (role: DirectoryRole) =>
  Object.fromEntries(ROLE_DEFINITION.defaults.map((name) => [name, ROLE_DEFINITION.properties[name]?.(role)]))

function personOf(tenant: Tenant, id: string): DirectoryObject | undefined {
  const user = tenant.users.get(id)
  return user && { id, type: 'user', item: user }
}

const assignmentsIn = new WeakMap<Tenant, { revision: number; assignments: readonly DirectoryRoleAssignment[] }>()

/** Who holds which role. Kept until people change, because it takes a walk through all of them. */
export function heldRoles(tenant: Tenant): readonly DirectoryRoleAssignment[] {
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
