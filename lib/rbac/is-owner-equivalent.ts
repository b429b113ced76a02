import type { Permission } from '@/lib/domain/vocabulary'
import { allows } from './allows'
import { allowsOnEveryType } from './allows-on-every-type'

/** Ways to give oneself a role. Elevation is none: it needs a Global Administrator, whom no Azure role makes. */
const TAKING_ROLES = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
]

/**
 * Whether a role amounts to Owner: every kind of operation on every type of resource, and the giving of roles. However it is
 * written: `*`, or `*` + `/read`, `*` + `/write`, `*` + `/delete` and `*` + `/action`, in one permission or in several.
 *
 * What a not-list takes away beside that does not matter, be it one operation or a provider: whoever may give roles gets
 * it back with one assignment. It matters when it takes a verb from every type, or all the ways to give oneself a role.
 */
export function isOwnerEquivalent(permissions: readonly Permission[]): boolean {
  return (
    (['read', 'write', 'delete', 'action'] as const).every((verb) => allowsOnEveryType(permissions, verb)) &&
    TAKING_ROLES.some((operation) => allows(permissions, operation).control)
  )
}
