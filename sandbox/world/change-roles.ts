import { logElevation, logRole } from './activity-log'
import {
  type ChangeHandlers,
  findAdministrator,
  requireActor,
  requirePerson,
  requireScope,
  requireTenant,
  WorldRefusal,
} from './lookups'
import { createRandom } from './random'
import { addAssignment, armTime } from './tenant'
import type { Assignment, RoleDefinition, Tenant } from './types'
import type { World } from './world'

export type RoleChange =
  | WriteRole
  | { type: 'delete_role'; tenantId: string; role: string; by?: string }
  | { type: 'elevate_access'; tenantId: string; user?: string }

/** Makes a custom role, or changes the one of that name or id: what is left out stays as it was. */
type WriteRole = {
  type: 'write_role'
  tenantId: string
  role: string
  actions?: string[]
  notActions?: string[]
  dataActions?: string[]
  notDataActions?: string[]
  assignableScopes?: string[]
  by?: string
}

/** The changes of custom roles, and of who has elevated their access. */
export const changeRoles: ChangeHandlers<RoleChange> = {
  write_role(world, change) {
    const tenant = requireTenant(world, change.tenantId)
    const by = requireActor(world, tenant, change.by)
    const before = findCustomRole(tenant, change.role)
    const scopes = change.assignableScopes ?? before?.assignableScopes ?? []
    if (scopes.length === 0) throw new WorldRefusal('The change lacks assignableScopes.')
    const now = armTime(world.now())
    const kept = before?.permissions[0] ?? { actions: [], notActions: [], dataActions: [], notDataActions: [] }
    const { actions, notActions, dataActions, notDataActions } = { ...kept, ...withoutGaps(change) }
    const role: RoleDefinition = {
      id: before?.id ?? createRandom(`${tenant.id}/roles/${tenant.customRoles.revision}`).guid(),
      name: before?.name ?? change.role,
      description: before?.description ?? '',
      custom: true,
      assignableScopes: scopes.map((scope) => requireScope(tenant, { scope })),
      permissions: [{ actions, notActions, dataActions, notDataActions }],
      createdOn: before?.createdOn ?? now,
      updatedOn: now,
    }
    tenant.customRoles.add(role)
    logRole(world, tenant, 'write', role, by)
    return { id: role.id }
  },
  /** Refused while somebody holds the role, as in Azure. */
  delete_role(world, change) {
    const tenant = requireTenant(world, change.tenantId)
    const by = requireActor(world, tenant, change.by)
    const role = findCustomRole(tenant, change.role)
    if (!role) throw new WorldRefusal(`There is no custom role ${change.role}.`)
    for (const held of [tenant.assignments, tenant.eligibilities])
      for (const { roleId } of held.values())
        if (roleId === role.id) throw new WorldRefusal(`Somebody holds the role ${role.name}.`)
    tenant.customRoles.delete(role.id)
    logRole(world, tenant, 'delete', role, by)
  },
  elevate_access: elevateAccess,
}

/** Gives a person, the administrator when nobody is named, the role User Access Administrator at the root. */
function elevateAccess(world: World, { tenantId, user }: Extract<RoleChange, { type: 'elevate_access' }>): Assignment {
  const tenant = requireTenant(world, tenantId)
  const person = user === undefined ? findAdministrator(tenant) : requirePerson(world, { user, tenantId }).user
  if (!person) throw new WorldRefusal('The change lacks a user.')
  const assignment = addAssignment(tenant, createRandom(`${tenant.id}/elevated/${tenant.assignments.revision}`), {
    principalId: person.id,
    role: 'User Access Administrator',
    scope: '/',
    createdOn: armTime(world.now()),
    createdBy: person.id,
  })
  logElevation(world, tenant, person.id)
  return assignment
}

function findCustomRole({ customRoles }: Tenant, role: string): RoleDefinition | undefined {
  const wanted = String(role).toLowerCase()
  return customRoles.get(wanted) ?? customRoles.indexBy('name', (one) => one.name).get(wanted)
}

const withoutGaps = ({ actions, notActions, dataActions, notDataActions }: WriteRole) =>
  Object.fromEntries(
    Object.entries({ actions, notActions, dataActions, notDataActions }).filter(([, list]) => list !== undefined),
  )
