import { logAssignment } from './activity-log'
import { requireAssignable, typeFields } from './change-access'
import {
  type ChangeHandlers,
  type HolderName,
  requireHolder,
  requireRole,
  requireScope,
  requireTenant,
  WorldRefusal,
} from './lookups'
import { createRandom } from './random'
import { addAssignment, addEligibility, armTime } from './tenant'
import type { Assignment, Eligibility, Tenant } from './types'
import type { World } from './world'

export type EligibilityChange =
  | ({
      type: 'make_eligible'
      role: string
      scope?: string
      condition?: string
      principalType?: string | null
      endDateTime?: string
    } & HolderName)
  | ({ type: 'remove_eligible' } & EligibilityName)
  | ({
      type: 'activate'
      until?: string
      justification?: string
      ticketNumber?: string
      ticketSystem?: string
    } & EligibilityName)
  | ({ type: 'deactivate' } & EligibilityName)

/** Names an eligibility by its id, or by holder, role and scope. A member of a group may name themselves for the group's. */
type EligibilityName = { eligibilityId?: string; role?: string; scope?: string } & HolderName

/** The changes of eligibilities and their activations. */
export const changeEligibilities: ChangeHandlers<EligibilityChange> = {
  make_eligible(world, change) {
    const { tenant, principalId } = requireHolder(world, change)
    const { condition = null, endDateTime = null } = change
    if (endDateTime !== null && Number.isNaN(Date.parse(endDateTime)))
      throw new WorldRefusal(`${endDateTime} is not a time.`)
    const createdOn = armTime(world.now())
    return addEligibility(
      tenant,
      createRandom(`${tenant.id}/eligible/${tenant.eligibilities.revision}/${principalId}`),
      {
        principalId,
        ...requireAssignable(tenant, change),
        condition,
        ...typeFields(change),
        createdOn,
        startDateTime: createdOn,
        endDateTime,
      },
    )
  },
  /** Also ends what was activated from it. */
  remove_eligible(world, change) {
    const { tenant, eligibility } = findEligibility(world, change)
    for (const one of findActivations(tenant, eligibility)) endActivation(world, tenant, one)
    tenant.eligibilities.delete(eligibility.id)
  },
  activate,
  deactivate(world, change) {
    const { tenant, eligibility, principalId } = findEligibility(world, change)
    const own = findActivations(tenant, eligibility).filter((one) => one.principalId === principalId)
    if (own.length === 0) throw new WorldRefusal('That eligibility is not activated.')
    for (const one of own) endActivation(world, tenant, one)
  },
}

const ACTIVATION_MS = 8 * 3_600_000 // how long an activation lasts without `until`

function activate(world: World, change: Extract<EligibilityChange, { type: 'activate' }>): Assignment {
  const { tenant, eligibility, principalId } = findEligibility(world, change)
  const { justification, ticketNumber, ticketSystem } = change
  const end = change.until === undefined ? world.now() + ACTIVATION_MS : Date.parse(change.until)
  if (Number.isNaN(end)) throw new WorldRefusal(`${change.until} is not a time.`)
  const own = findActivations(tenant, eligibility).filter((one) => one.principalId === principalId)
  for (const one of own) endActivation(world, tenant, one)
  const random = createRandom(`${tenant.id}/${tenant.assignments.revision}/${principalId}`)
  const start = armTime(world.now())
  const assignment = addAssignment(tenant, random, {
    principalId,
    role: eligibility.roleId,
    scope: eligibility.scope,
    condition: eligibility.condition,
    // A member who activates what a group is eligible for is of another type than the group.
    ...(principalId === eligibility.principalId
      ? { principalType: eligibility.principalType, shownType: eligibility.shownType }
      : {}),
    createdOn: start,
    schedule: {
      assignmentType: 'Activated',
      startDateTime: start,
      endDateTime: armTime(end),
      eligibilityId: eligibility.id,
      justification,
      ticketNumber,
      ticketSystem,
    },
  })
  logAssignment(world, tenant, 'write', assignment, 'pim')
  return assignment
}

function endActivation(world: World, tenant: Tenant, activation: Assignment): void {
  tenant.assignments.delete(activation.id)
  logAssignment(world, tenant, 'delete', activation, 'pim')
}

/** An eligibility, with the principal who activates it: its holder or a member of the group that holds it. */
type FoundEligibility = { tenant: Tenant; eligibility: Eligibility; principalId: string }

function findEligibility(world: World, change: EligibilityName): FoundEligibility {
  if (change.eligibilityId) return findEligibilityById(world, change, change.eligibilityId.toLowerCase())
  const { tenant, principalId } = requireHolder(world, change)
  const role = change.role === undefined ? null : requireRole(tenant, change.role)
  const scope = change.scope || change.subscriptionId ? requireScope(tenant, change).toLowerCase() : null
  const ids = [principalId, ...tenant.memberships.transitiveGroupsOf(principalId)]
  const eligibility = ids
    .flatMap((id) => tenant.eligibilities.ofPrincipal(id))
    .find((one) => (!role || one.roleId === role) && (!scope || one.scope.toLowerCase() === scope))
  if (!eligibility) throw new WorldRefusal(`${change.user ?? principalId} has no such eligibility.`)
  return { tenant, eligibility, principalId }
}

function findEligibilityById(world: World, change: EligibilityName, id: string): FoundEligibility {
  for (const tenant of change.tenantId ? [requireTenant(world, change.tenantId)] : world.tenants.values()) {
    const eligibility = tenant.eligibilities.get(id)
    if (!eligibility) continue
    const named = change.user || change.principalId ? requireHolder(world, { ...change, tenantId: tenant.id }) : null
    return { tenant, eligibility, principalId: named?.principalId ?? eligibility.principalId }
  }
  throw new WorldRefusal(`There is no eligibility ${id}.`)
}

/** The activations of an eligibility, by its holder or by members of the group that holds it. */
function findActivations(tenant: Tenant, eligibility: Eligibility): Assignment[] {
  const candidates = [
    ...tenant.assignments.ofPrincipal(eligibility.principalId),
    ...tenant.memberships
      .transitiveMembersOf(eligibility.principalId)
      .flatMap((id) => tenant.assignments.ofPrincipal(id)),
  ]
  return candidates.filter((one) => one.schedule?.eligibilityId === eligibility.id)
}
