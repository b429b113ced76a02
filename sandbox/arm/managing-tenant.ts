import { principalsOf } from '../world/rbac'
import { isAtOrUnder } from '../world/scopes'
import type { Assignment, Subscription, Tenant } from '../world/types'
import type { World } from '../world/world'

/**
 * What Azure Lighthouse delegates to a principal of another tenant, itself or through its groups, at a subscription or
 * inside it: as role assignments, which is how it counts there. Who could activate a role does not hold it.
 *
 * @param managing the tenant of the principal
 * @param owner the tenant of the subscription
 */
export function listDelegatedTo(
  managing: Tenant,
  objectId: string,
  owner: Tenant,
  subscriptionId: string,
): Assignment[] {
  const delegations = owner.delegations
    .list()
    .filter(
      ({ managedByTenantId, scope }) =>
        managedByTenantId === managing.id && isAtOrUnder(scope, `/subscriptions/${subscriptionId}`),
    )
  if (delegations.length === 0) return []
  const principals = principalsOf(managing, objectId)
  return delegations.flatMap(({ id, scope, createdOn, createdBy, authorizations }) =>
    authorizations
      .filter(({ principalId }) => principals.has(principalId))
      .map(({ principalId, roleId }) => ({
        id,
        scope,
        createdOn,
        createdBy,
        principalId,
        roleId,
        principalType: 'User' as const,
        condition: null,
        description: null,
        schedule: null,
      })),
  )
}

/**
 * The subscriptions of other tenants that a principal sees through Azure Lighthouse, each with the tenant that it belongs to:
 * that one is its `tenantId` in the lists of the managing tenant too (azure-cli keeps it as `homeTenantId`, and the token's
 * tenant beside it: `_attach_token_tenant` in azure-cli-core).
 */
export function listManagedSubscriptions(
  world: World,
  managing: Tenant,
  objectId: string,
): { owner: Tenant; subscription: Subscription }[] {
  return [...world.tenants.values()]
    .filter((owner) => owner !== managing && owner.delegations.size > 0)
    .flatMap((owner) =>
      owner.subscriptions
        .list()
        .filter(({ id }) => listDelegatedTo(managing, objectId, owner, id).length > 0)
        .map((subscription) => ({ owner, subscription })),
    )
}
