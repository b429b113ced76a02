import { scopesOf } from './access-paths'
import { type AccessKind, groupEdgesAt } from './group-edges'
import { WorldRefusal } from './lookups'
import { serviceTypeOf, userTypeOf } from './tenant'
import type { PrincipalType, Tenant } from './types'
import type { World } from './world'

/** Who owns, or may become an owner of, a group that a role runs through. */
export type OwnerRow = {
  groupId: string
  groupName: string
  principalId: string
  principalType: PrincipalType
  name: string | null
  kind: AccessKind
  endDateTime: string | null
}

/**
 * The owners of every group by which anybody has, or may activate, a role in a subscription: groups that hold or are eligible
 * for a role there, and the groups inside them. Only data of the world is used. Throws WorldRefusal when there is no such
 * subscription.
 *
 * @param at the moment, in ms
 */
export function ownersOf(world: World, subscriptionId: string, at = world.now()): OwnerRow[] {
  const place = world.findSubscription(subscriptionId)
  if (!place) throw new WorldRefusal(`There is no subscription ${subscriptionId} in this world.`)
  const { tenant, subscription } = place
  const edges = groupEdgesAt(tenant, at)
  const groups = new Set(listHolders(tenant, scopesOf(tenant, subscription).covers, at))
  // A loop over a set also visits what is added during the loop.
  for (const id of groups) for (const one of edges.membersOf(id)) if (tenant.groups.has(one.id)) groups.add(one.id)
  return [...groups].flatMap((groupId) =>
    edges.ownersOf(groupId).map(({ id, kind, endDateTime }) => ({
      groupId,
      groupName: tenant.groups.get(groupId)?.displayName ?? groupId,
      principalId: id,
      ...namesOf(tenant, id),
      kind,
      endDateTime,
    })),
  )
}

/** The groups that hold, or are eligible for, a role at a scope that counts. */
function listHolders(tenant: Tenant, covers: (scope: string) => boolean, at: number): string[] {
  const inForce = (start: string | null, end: string | null) =>
    (start === null || Date.parse(start) <= at) && (end === null || at < Date.parse(end))
  const assigned = [...tenant.assignments.values()].filter(({ schedule }) =>
    inForce(schedule?.startDateTime ?? null, schedule?.endDateTime ?? null),
  )
  const eligible = [...tenant.eligibilities.values()].filter((one) => inForce(one.startDateTime, one.endDateTime))
  return [...assigned, ...eligible]
    .filter(({ scope, principalId }) => covers(scope) && tenant.groups.has(principalId))
    .map(({ principalId }) => principalId)
}

function namesOf(tenant: Tenant, id: string): Pick<OwnerRow, 'principalType' | 'name'> {
  const user = tenant.users.get(id)
  if (user) return { principalType: userTypeOf(user), name: user.displayName }
  const service = tenant.servicePrincipals.get(id)
  if (service) return { principalType: serviceTypeOf(service), name: service.displayName }
  return { principalType: 'Group', name: tenant.groups.get(id)?.displayName ?? null }
}
