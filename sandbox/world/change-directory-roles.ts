import { findDirectoryRole } from './directory-roles'
import { type ChangeHandlers, type PersonName, requirePerson, WorldRefusal } from './lookups'
import { markUserChanged } from './tenant'

/** Roles by name or template id; each list replaces what was there. */
export type DirectoryRoleChange = { type: 'set_directory_roles'; roles?: string[]; eligible?: string[] } & PersonName

/** The changes of who holds which directory role, and who can activate one. */
export const changeDirectoryRoles: ChangeHandlers<DirectoryRoleChange> = {
  set_directory_roles(world, change) {
    const { user, tenant } = requirePerson(world, change)
    const [roles, eligible] = [change.roles?.map(requireRole), change.eligible?.map(requireRole)]
    if (roles) user.directoryRoles = roles
    if (eligible) user.eligibleDirectoryRoles = eligible
    markUserChanged(tenant, user)
    return null
  },
}

function requireRole(name: string): string {
  const id = findDirectoryRole(name)
  if (id === undefined) throw new WorldRefusal(`There is no directory role ${name}.`)
  return id
}
