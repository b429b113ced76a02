import {
  APPLICATION_ADMINISTRATOR,
  CLOUD_APPLICATION_ADMINISTRATOR,
  GLOBAL_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
} from '../world/directory-roles'
import type { Tenant } from '../world/types'
import { chooseObjects } from './choose-objects'
import { contextOf, type GraphCall, isPlainGuest } from './graph-call'
import { denied } from './graph-error'
import { type Kind, projectionOf } from './kind'
import { listPage } from './list-page'
import { type DirectoryRole, type DirectoryRoleAssignment, ROLE_ASSIGNMENT } from './role-kinds'

const ROLES: readonly DirectoryRole[] = [
  { id: GLOBAL_ADMINISTRATOR, displayName: 'Global Administrator' },
  { id: APPLICATION_ADMINISTRATOR, displayName: 'Application Administrator' },
  { id: CLOUD_APPLICATION_ADMINISTRATOR, displayName: 'Cloud Application Administrator' },
  { id: PRIVILEGED_ROLE_ADMINISTRATOR, displayName: 'Privileged Role Administrator' },
]

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

function list<T extends { id: string }>(call: GraphCall, kind: Kind<T>, items: readonly T[]): Response {
  if (isPlainGuest(call)) return denied()
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const chosen = chooseObjects(call, kind, { items, registry: null })
  if (chosen instanceof Response) return chosen
  const { names, show } = projection
  const context = contextOf(call, `${kind.set}${names ? `(${names.join(',')})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.users, show })
}

/** `GET /directoryRoles` and `/roleManagement/directory/roleDefinitions`: the roles the sandbox gives to people. */
export function listRoles(call: GraphCall, kind: Kind<DirectoryRole>): Response {
  return list(call, kind, ROLES)
}

/** `GET /roleManagement/directory/roleAssignments`. */
export function listRoleAssignments(call: GraphCall): Response {
  return list(call, ROLE_ASSIGNMENT, assignmentsOf(call.tenant))
}
