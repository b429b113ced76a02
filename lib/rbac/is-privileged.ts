import type { Permission } from '@/lib/domain/vocabulary'
import { allows } from './allows'
import { allowsOnEveryType } from './allows-on-every-type'
import { grantsAccess } from './grants-access'

/** Beside granting: taking roles away, and what is denied. */
const DECIDING_ACCESS = [
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/roleDefinitions/delete',
  'Microsoft.Authorization/denyAssignments/write',
  'Microsoft.Authorization/denyAssignments/delete',
]

/**
 * Whether a role is what Azure calls a privileged administrator role: it decides who has access, or writes to every type of
 * resource (Owner, Contributor, User Access Administrator, Role Based Access Control Administrator, and custom roles
 * like them). Microsoft's rule for roles of any kind is a list of actions: `*`, `*` + `/write`, `*` + `/delete`, and write
 * and delete of role assignments, role definitions and deny assignments ("Understand Azure role definitions", privileged
 * administrator role definition; recalled). An action on every type is added here: it hands out every key.
 */
export function isPrivileged(permissions: readonly Permission[]): boolean {
  return (
    grantsAccess(permissions) ||
    DECIDING_ACCESS.some((operation) => allows(permissions, operation).control) ||
    (['write', 'delete', 'action'] as const).some((verb) => allowsOnEveryType(permissions, verb))
  )
}
