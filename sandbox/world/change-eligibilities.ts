import { addAssignment, addEligibility } from './build'
import type { ChangeHandlers } from './change-handlers'
import { armTime, type Holder, namedHolderOf, roleIn, scopeIn, tenantOf } from './named-in-change'
import { createRandom } from './random'
import type { Assignment, Eligibility, Tenant } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

const ACTIVATION_MS = 8 * 3_600_000 // how long an activation lasts unless said otherwise

/** By its id, or by holder, role and scope; whoever is in a group may name themselves for what the group is eligible to. */
type Which = { eligibilityId?: string; role?: string; scope?: string } & Holder

export type EligibilityChange =
  | ({ type: 'make_eligible'; role: string; scope?: string; condition?: string; endDateTime?: string } & Holder)
  | ({ type: 'remove_eligible' } & Which)
  | ({ type: 'activate'; until?: string } & Which)
  | ({ type: 'deactivate' } & Which)

type Found = { tenant: Tenant; eligibility: Eligibility; principalId: string }

function byId(world: World, change: Which, id: string): Found {
  for (const tenant of change.tenantId ? [tenantOf(world, change.tenantId)] : world.tenants.values()) {
    const eligibility = tenant.eligibilities.get(id)
    if (!eligibility) continue
    const named = change.user || change.principalId ? namedHolderOf(world, { ...change, tenantId: tenant.id }) : null
    return { tenant, eligibility, principalId: named?.principalId ?? eligibility.principalId }
  }
  throw new UnknownThing(`There is no eligibility ${id}.`)
}

function eligibilityOf(world: World, change: Which): Found {
  if (change.eligibilityId) return byId(world, change, change.eligibilityId.toLowerCase())
  const { tenant, principalId } = namedHolderOf(world, change)
  const role = change.role === undefined ? null : roleIn(tenant, change.role)
  const scope = change.scope || change.subscriptionId ? scopeIn(tenant, change).toLowerCase() : null
  const ids = [principalId, ...tenant.memberships.transitiveGroupsOf(principalId)]
  const eligibility = ids
    .flatMap((id) => tenant.eligibilities.ofPrincipal(id))
    .find((one) => (!role || one.roleId === role) && (!scope || one.scope.toLowerCase() === scope))
  if (!eligibility) throw new UnknownThing(`${change.user ?? principalId} has no such eligibility.`)
  return { tenant, eligibility, principalId }
}

function activationsOf(tenant: Tenant, eligibility: Eligibility): Assignment[] {
  const places = [
    ...tenant.assignments.ofPrincipal(eligibility.principalId),
    ...tenant.memberships
      .transitiveMembersOf(eligibility.principalId)
      .flatMap((id) => tenant.assignments.ofPrincipal(id)),
  ]
  return places.filter((one) => one.schedule?.eligibilityId === eligibility.id)
}

function activate(world: World, change: Extract<EligibilityChange, { type: 'activate' }>): Assignment {
  const { tenant, eligibility, principalId } = eligibilityOf(world, change)
  const end = change.until === undefined ? world.now() + ACTIVATION_MS : Date.parse(change.until)
  if (Number.isNaN(end)) throw new UnknownThing(`${change.until} is not a time.`)
  const own = activationsOf(tenant, eligibility).filter((one) => one.principalId === principalId)
  for (const one of own) tenant.assignments.delete(one.id)
  const random = createRandom(`${tenant.id}/${tenant.assignments.revision}/${principalId}`)
  const start = armTime(world.now())
  return addAssignment(tenant, random, {
    principalId,
    role: eligibility.roleId,
    scope: eligibility.scope,
    condition: eligibility.condition,
    createdOn: start,
    schedule: {
      assignmentType: 'Activated',
      startDateTime: start,
      endDateTime: armTime(end),
      eligibilityId: eligibility.id,
    },
  })
}

/** What can happen to roles that can be activated. */
export const changeEligibilities: ChangeHandlers<EligibilityChange> = {
  make_eligible(world, change) {
    const { tenant, principalId } = namedHolderOf(world, change)
    const { condition = null, endDateTime = null } = change
    if (endDateTime !== null && Number.isNaN(Date.parse(endDateTime)))
      throw new UnknownThing(`${endDateTime} is not a time.`)
    const createdOn = armTime(world.now())
    return addEligibility(
      tenant,
      createRandom(`${tenant.id}/eligible/${tenant.eligibilities.revision}/${principalId}`),
      {
        principalId,
        role: roleIn(tenant, change.role),
        scope: scopeIn(tenant, change),
        condition,
        createdOn,
        startDateTime: createdOn,
        endDateTime,
      },
    )
  },
  /** What was activated from it ends with it. */
  remove_eligible(world, change) {
    const { tenant, eligibility } = eligibilityOf(world, change)
    for (const one of activationsOf(tenant, eligibility)) tenant.assignments.delete(one.id)
    tenant.eligibilities.delete(eligibility.id)
  },
  activate,
  deactivate(world, change) {
    const { tenant, eligibility, principalId } = eligibilityOf(world, change)
    const own = activationsOf(tenant, eligibility).filter((one) => one.principalId === principalId)
    if (own.length === 0) throw new UnknownThing('That eligibility is not activated.')
    for (const one of own) tenant.assignments.delete(one.id)
  },
}
