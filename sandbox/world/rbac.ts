import { BUILT_IN_ROLES } from './roles'
import { lineageOf } from './scopes'
import type { Assignment, RoleDefinition, Tenant } from './types'

const patterns = new Map<string, RegExp>()

function matches(pattern: string, action: string): boolean {
  let compiled = patterns.get(pattern)
  if (!compiled) {
    const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    compiled = new RegExp(`^${source}$`, 'i')
    patterns.set(pattern, compiled)
  }
  return compiled.test(action)
}

export function findRole(tenant: Tenant, roleId: string): RoleDefinition | undefined {
  return BUILT_IN_ROLES.get(roleId.toLowerCase()) ?? tenant.customRoles.get(roleId.toLowerCase())
}

function allows(role: RoleDefinition, action: string): boolean {
  return role.permissions.some(
    (one) =>
      one.actions.some((pattern) => matches(pattern, action)) &&
      !one.notActions.some((pattern) => matches(pattern, action)),
  )
}

/** A principal and every group that holds it, however deep; cycles end. */
export function principalsOf(tenant: Tenant, objectId: string): Set<string> {
  const found = new Set([objectId])
  let grew = true
  while (grew) {
    grew = false
    for (const group of tenant.groups.values()) {
      if (found.has(group.id)) continue
      for (const id of found) {
        if (!group.members.has(id)) continue
        found.add(group.id)
        grew = true
        break
      }
    }
  }
  return found
}

/** The assignments a principal holds, itself or through groups. */
export function assignmentsOf(tenant: Tenant, objectId: string): Assignment[] {
  const principals = principalsOf(tenant, objectId)
  return [...tenant.assignments.values()].filter((assignment) => principals.has(assignment.principalId))
}

/** Whether any of these assignments allows the action at the scope. */
export function can(tenant: Tenant, held: Assignment[], action: string, scope: string): boolean {
  const lineage = lineageOf(tenant, scope)
  return held.some((assignment) => {
    if (!lineage.has(assignment.scope.toLowerCase())) return false
    const role = findRole(tenant, assignment.roleId)
    return role !== undefined && allows(role, action)
  })
}
