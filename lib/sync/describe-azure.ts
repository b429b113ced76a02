import type { OptionalList, ReadList } from '@/lib/azure/client/lists'
import type { Delegated } from '@/lib/azure/delegations'
import { type AssignmentSchedule, isUnlicensed, type RoleEligibility } from '@/lib/azure/role-assignments'
import type { HeldAssignment, RoleAssignment, RoleDefinition, Subscription } from '@/lib/domain/access'
import { coverageOfList, refusedLine } from '@/lib/domain/coverage'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AzureCount, CoverageLine, Dataset, Drop, Kept, ManagementGroup } from '@/lib/domain/vocabulary'
import type { LastResult } from './last-result'

// The lines of the coverage about what Resource Manager tells of a subscription.

/** The list that is asked first of those about delegations, and that of what they delegate. */
export const [DEFINITIONS, ASSIGNMENTS] = ['registrationDefinitions', 'registrationAssignments']

/** What a line says of facts that stand in from the last result; null when none do. */
export async function keep(last: LastResult, dataset: Dataset, kept: number): Promise<Kept | null> {
  const readAt = kept > 0 ? await last.readAt(dataset) : null
  return readAt && { kept, keptSince: readAt.toISOString() }
}

export const countOf = ({ rows, odd, refused }: OptionalList<unknown>) => ({ read: rows.length, odd, refused })

export function assignmentsLine(
  { rows, odd }: ReadList<RoleAssignment>,
  kept: Kept | undefined,
  { drop, counted }: { drop: Drop | null; counted: AzureCount | null },
): CoverageLine {
  const read = { read: rows.length, odd, refused: null }
  const listed = coverageOfList('assignments', read, { forbidden: 'reader_role_missing', kept })
  const line = counted ? { ...listed, counted } : listed
  return drop ? { ...line, why: line.why ?? 'assignments_halved', drop } : line
}

export function eligibleLine(
  eligible: OptionalList<RoleEligibility>,
  schedules: OptionalList<AssignmentSchedule>,
  kept?: Kept | null,
): CoverageLine {
  const { refused } = eligible
  if (refused && isUnlicensed(refused))
    return { dataset: 'eligible', state: 'not_licensed', read: 0, missing: 0, why: 'pim_not_licensed' }
  const line = coverageOfList('eligible', countOf(eligible), { forbidden: 'pim_not_permitted', kept })
  if (line.state !== 'whole' || !schedules.refused) return line
  // Who is eligible is known, but not which roles are activated ones and until when.
  return { ...refusedLine('eligible', schedules.refused, 'pim_not_permitted'), state: 'partly', read: line.read }
}

/**
 * Nothing is delegated where the service that does it was never registered and no tenant manages the subscription. Only a
 * refusal of the first list says so: one that comes later is about what is delegated, or about one resource group.
 */
export function delegationsLine(
  delegated: OptionalList<Delegated> & { unplaced: number },
  { managedByTenants }: Subscription,
  kept?: Kept | null,
): CoverageLine {
  const { request, status } = delegated.refused?.refusal ?? {}
  const isUnregistered = request === DEFINITIONS && (status === 404 || status === 409)
  if (isUnregistered && managedByTenants.length === 0 && !kept)
    return { dataset: 'delegations', state: 'whole', read: 0, missing: 0 }
  const forbidden: ProblemCode = 'delegations_not_permitted'
  const line = coverageOfList('delegations', countOf(delegated), { forbidden, kept })
  const known = new Set(delegated.rows.map(({ tenantId }) => tenantId))
  const missing = managedByTenants.filter((id) => !known.has(id)).length + delegated.unplaced
  return line.state === 'whole' && missing > 0
    ? { ...line, state: 'partly', missing, why: 'delegations_not_found' }
    : line
}

export function rolesLine({ rows, odd }: ReadList<RoleDefinition>, unread: number): CoverageLine {
  if (odd.length > 0)
    return coverageOfList('roles', { read: rows.length, odd, refused: null }, { forbidden: 'reader_role_missing' })
  return { dataset: 'roles', state: unread ? 'partly' : 'whole', read: rows.length, missing: unread }
}

/** An account that is told of no management group, although roles are held at one, may not read them. */
export function scopesLine(
  read: OptionalList<ManagementGroup>,
  rows: HeldAssignment[],
  kept: Kept | null,
): CoverageLine {
  const forbidden: ProblemCode = 'management_groups_not_readable'
  const above = new Set(
    rows.filter(({ scopeLevel }) => scopeLevel === 'management_group').map(({ scope }) => scope.toLowerCase()),
  ).size
  const line = coverageOfList('scopes', countOf(read), { forbidden, kept })
  if (line.state === 'whole' && read.rows.length === 0)
    return { ...line, state: 'not_permitted', missing: above, why: forbidden }
  return line.state === 'whole' ? line : { ...line, missing: above }
}
