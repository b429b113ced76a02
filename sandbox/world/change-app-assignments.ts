import { type ChangeHandlers, findHolder, requireApplication, requireTenant, WorldRefusal } from './lookups'
import type { AppAssignment, GroupMembershipClaims, Tenant } from './types'

/** Who of a tenant is assigned to an application, the portal's own unless named, and what its id tokens say of people's groups and roles. */
export type AppAssignmentChange =
  | ({ type: 'assign_to_application' } & Assigned)
  | ({ type: 'unassign_from_application' } & Assigned)
  | { type: 'define_app_roles'; clientId?: string; roles: string[] }
  | { type: 'set_group_claims'; clientId?: string; groupMembershipClaims: GroupMembershipClaims | null }

/** Without an app role: the default access, which is no role. */
type Assigned = { tenantId: string; clientId?: string; user?: string; principalId?: string; appRole?: string }

/** The changes of what an application tells of the people who sign in to it. */
export const changeAppAssignments: ChangeHandlers<AppAssignmentChange> = {
  assign_to_application(world, change) {
    const { clientId, appRoles = [] } = requireApplication(world, change.clientId)
    const assigned = readAssigned(requireTenant(world, change.tenantId), findHolder(world, change).principalId, change)
    const { tenant, assignment } = assigned
    if (assignment.appRole !== null && !appRoles.includes(assignment.appRole))
      throw new WorldRefusal(`The application has no role ${assignment.appRole}.`)
    const others = tenant.appAssignments.get(clientId) ?? []
    if (others.some((one) => isSame(one, assignment)))
      throw new WorldRefusal('Permission being assigned already exists on the object.')
    tenant.appAssignments.set(clientId, [...others, assignment])
    return null
  },
  unassign_from_application(world, change) {
    const { clientId } = requireApplication(world, change.clientId)
    const assigned = readAssigned(requireTenant(world, change.tenantId), findHolder(world, change).principalId, change)
    const { tenant, assignment } = assigned
    const others = tenant.appAssignments.get(clientId) ?? []
    const kept = others.filter((one) => !isSame(one, assignment))
    if (kept.length === others.length) throw new WorldRefusal('There is no such assignment to the application.')
    tenant.appAssignments.set(clientId, kept)
    return null
  },
  define_app_roles(world, { clientId, roles }) {
    requireApplication(world, clientId).appRoles = roles
    return null
  },
  set_group_claims(world, { clientId, groupMembershipClaims }) {
    requireApplication(world, clientId).groupMembershipClaims = groupMembershipClaims
    return null
  },
}

const isSame = (one: AppAssignment, other: AppAssignment) =>
  one.principalId === other.principalId && one.appRole === other.appRole

/**
 * A person, or a group: only security groups, and only with the licence P1. Source: Microsoft's "Manage users and groups assignment to an
 * application".
 */
function readAssigned(tenant: Tenant, principalId: string | null, { appRole = null }: { appRole?: string | null }) {
  if (principalId === null) throw new WorldRefusal('The change lacks a user or a principalId.')
  const group = tenant.groups.get(principalId)
  if (!group && !tenant.users.has(principalId))
    throw new WorldRefusal(`There is no person and no group ${principalId} in the tenant ${tenant.name}.`)
  if (group && !group.securityEnabled) throw new WorldRefusal('Only security groups can be assigned to an application.')
  if (group && tenant.licence === 'free')
    throw new WorldRefusal('Groups can be assigned to an application with the licence p1 or p2.')
  return { tenant, assignment: { principalId, appRole } satisfies AppAssignment }
}
