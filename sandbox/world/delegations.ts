import { type ChangeHandlers, requireRole, requireScope, requireSubscription, WorldRefusal } from './lookups'
import { createRandom, FAMILY_NAMES, GIVEN_NAMES, type Random } from './random'
import { BUILT_IN_ROLES, roleIdOf } from './roles'
import { isAtOrUnder, levelOf, subscriptionIdIn } from './scopes'
import { armTime, timeBefore } from './tenant'
import type { TenantSpec } from './tenant-spec'
import type { DelegatedAuthorization, Delegation, EligibleAuthorization, Tenant } from './types'
import type { World } from './world'

type AuthorizationFacts = {
  principalId: string
  principalIdDisplayName?: string
  /** The name or id of a built-in role. */
  role: string
  /** The roles that the holder of User Access Administrator may assign to managed identities. */
  delegatedRoles?: string[]
}
type EligibleFacts = Omit<AuthorizationFacts, 'delegatedRoles'> &
  Partial<EligibleAuthorization['justInTimeAccessPolicy']>

export type DelegationChange =
  | {
      type: 'delegate'
      /** A subscription or a resource group. */
      scope?: string
      subscriptionId?: string
      name?: string
      managedByTenantId?: string
      managedByTenantName?: string
      authorizations?: AuthorizationFacts[]
      eligibleAuthorizations?: EligibleFacts[]
    }
  | {
      type: 'end_delegation'
      delegationId?: string
      scope?: string
      subscriptionId?: string
      managedByTenantId?: string
    }

type Delegate = Extract<DelegationChange, { type: 'delegate' }>
type EndDelegation = Extract<DelegationChange, { type: 'end_delegation' }>

/** The changes of what is delegated by Azure Lighthouse. */
export const changeDelegations: ChangeHandlers<DelegationChange> = { delegate, end_delegation: endDelegations }

function delegate(world: World, change: Delegate): Delegation {
  const subscriptionId = change.subscriptionId ?? subscriptionIdIn(change.scope ?? '')
  const { tenant } = requireSubscription(world, subscriptionId ?? '')
  const random = createRandom(`${tenant.id}/delegations/${tenant.delegations.revision}`)
  const drawn = drawDelegation(random, requireScope(tenant, change), 1)
  const { authorizations, eligibleAuthorizations } = change
  const isGiven = authorizations !== undefined || eligibleAuthorizations !== undefined
  const delegation: Delegation = {
    ...drawn,
    name: change.name ?? drawn.name,
    managedByTenantId: (change.managedByTenantId ?? drawn.managedByTenantId).toLowerCase(),
    managedByTenantName: change.managedByTenantName ?? drawn.managedByTenantName,
    ...(isGiven
      ? {
          authorizations: (authorizations ?? []).map((one) => toAuthorization(tenant, one)),
          eligibleAuthorizations: (eligibleAuthorizations ?? []).map((one) => toEligible(tenant, one)),
        }
      : {}),
    createdOn: armTime(world.now()),
  }
  refuseImpossible(tenant, delegation)
  return tenant.delegations.add(delegation)
}

const toAuthorization = (tenant: Tenant, facts: AuthorizationFacts): DelegatedAuthorization => ({
  principalId: facts.principalId.toLowerCase(),
  principalIdDisplayName: facts.principalIdDisplayName ?? null,
  roleId: requireRole(tenant, facts.role),
  delegatedRoleIds: (facts.delegatedRoles ?? []).map((role) => requireRole(tenant, role)),
})

const toEligible = (tenant: Tenant, { principalId, principalIdDisplayName, role, ...policy }: EligibleFacts) => ({
  principalId: principalId.toLowerCase(),
  principalIdDisplayName: principalIdDisplayName ?? null,
  roleId: requireRole(tenant, role),
  justInTimeAccessPolicy: { ...POLICY, ...policy },
})

const POLICY: EligibleAuthorization['justInTimeAccessPolicy'] = {
  multiFactorAuthProvider: 'Azure',
  maximumActivationDuration: 'PT8H',
  managedByTenantApprovers: [],
}

/**
 * Throws WorldRefusal for what Azure Lighthouse does not delegate: custom roles, Owner, roles with data actions, and User
 * Access Administrator unless it is restricted to some roles and not eligible (Microsoft Learn, "Tenants, users, and roles in
 * Azure Lighthouse scenarios"); and scopes other than a subscription or a resource group.
 */
function refuseImpossible(tenant: Tenant, { scope, managedByTenantId, ...lists }: Delegation): void {
  const refuseWhen = (condition: boolean, sentence: string) => {
    if (condition) throw new WorldRefusal(sentence)
  }
  refuseWhen(
    !['subscription', 'resource_group'].includes(levelOf(scope)),
    `${scope} is no subscription or resource group.`,
  )
  refuseWhen(managedByTenantId === tenant.id, 'A tenant does not delegate to itself.')
  refuseWhen(
    lists.authorizations.length + lists.eligibleAuthorizations.length === 0,
    'A delegation authorizes somebody.',
  )
  for (const one of [...lists.authorizations, ...lists.eligibleAuthorizations]) {
    const role = BUILT_IN_ROLES.get(one.roleId)
    refuseWhen(role === undefined, 'Custom roles cannot be delegated.')
    refuseWhen(role?.name === 'Owner', 'Owner cannot be delegated.')
    const hasDataActions = role?.permissions.some(({ dataActions }) => dataActions.length > 0) ?? false
    refuseWhen(hasDataActions, `${role?.name} has data actions and cannot be delegated.`)
    const isRestricted = 'delegatedRoleIds' in one && one.delegatedRoleIds.length > 0
    refuseWhen(
      role?.name === 'User Access Administrator' && !isRestricted,
      'User Access Administrator can only be delegated with delegatedRoles, and not as eligible.',
    )
  }
}

function endDelegations(world: World, change: EndDelegation): { removed: number } {
  const { delegationId, managedByTenantId, subscriptionId } = change
  const scope = change.scope ?? (subscriptionId ? `/subscriptions/${subscriptionId}` : null)
  if (!delegationId && !scope && !managedByTenantId)
    throw new WorldRefusal('Say which delegation: delegationId, subscriptionId, scope or managedByTenantId.')
  let removed = 0
  for (const { delegations } of world.tenants.values())
    for (const one of delegations.list()) {
      const fits =
        (!delegationId || one.id === delegationId.toLowerCase()) &&
        (!scope || isAtOrUnder(one.scope, scope)) &&
        (!managedByTenantId || one.managedByTenantId === managedByTenantId.toLowerCase())
      if (fits && delegations.delete(one.id)) removed++
    }
  if (removed === 0) throw new WorldRefusal('There is no such delegation.')
  return { removed }
}

/** Adds what a made tenant delegates: in each subscription, every third one of a resource group if it has any. */
export function addDelegations(tenant: Tenant, random: Random, { delegations = 1 }: TenantSpec): void {
  for (const { id, resourceGroups } of tenant.subscriptions.list())
    for (let index = 0; index < delegations; index++) {
      const group = index % 3 === 2 ? resourceGroups[index % resourceGroups.length] : undefined
      const scope = `/subscriptions/${id}${group === undefined ? '' : `/resourceGroups/${group}`}`
      tenant.delegations.add(drawDelegation(random, scope, index + 1))
    }
}

/** Draws a delegation to an invented provider: two principals with standing roles, one that is eligible. */
function drawDelegation(random: Random, scope: string, place: number): Delegation {
  const company = `${random.pick(FAMILY_NAMES)} Managed Services`
  const person = () => `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
  return {
    id: random.guid(),
    definitionId: random.guid(),
    name: `${company} offer ${place}`,
    description: 'Operations around the clock.',
    scope,
    managedByTenantId: random.guid(),
    managedByTenantName: company,
    authorizations: [
      authorize(random.guid(), `${company} engineers`, 'Contributor'),
      authorize(random.guid(), person(), 'Reader'),
    ],
    eligibleAuthorizations: [
      {
        principalId: random.guid(),
        principalIdDisplayName: person(),
        roleId: roleIdOf('Virtual Machine Contributor'),
        justInTimeAccessPolicy: POLICY,
      },
    ],
    createdOn: timeBefore(random, 300, 7),
    createdBy: null,
  }
}

const authorize = (principalId: string, principalIdDisplayName: string, role: string): DelegatedAuthorization => ({
  principalId,
  principalIdDisplayName,
  roleId: roleIdOf(role),
  delegatedRoleIds: [],
})
