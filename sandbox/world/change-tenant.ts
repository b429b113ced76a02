import { forgetOldAudits } from './directory-audits'
import {
  type ChangeHandlers,
  requireApplication,
  requireManagementGroup,
  requireSubscription,
  requireTenant,
  WorldRefusal,
} from './lookups'
import { isAtOrUnder } from './scopes'
import { generateSigningKey } from './signing-keys'
import { toPageSizes } from './tenant-spec'
import type { Licence, PageSizes, SubscriptionState, Tenant, Throttling } from './types'
import type { World } from './world'

export type TenantChange =
  | ({ type: 'withdraw_consent' } & ConsentChange)
  | ({ type: 'grant_consent' } & ConsentChange)
  | { type: 'set_powerless'; tenantId: string; powerless: Tenant['powerless'] }
  | { type: 'set_page_size'; tenantId: string; pageSize: number | Partial<PageSizes> }
  | { type: 'set_licence'; tenantId: string; licence: Licence }
  | ({ type: 'set_throttling'; tenantId: string } & Partial<Throttling>)
  /** In milliseconds: how long it takes until an event can be read. */
  | { type: 'set_log_delays'; tenantId: string; activity?: number; audits?: number }

/** `scopes` are added to those that the application registered: names of Graph permissions, or with the resource such as `arm/user_impersonation`. */
type ConsentChange = { tenantId: string; clientId?: string; scopes?: string[] }

/** The changes of a tenant as a whole. */
export const changeTenant: ChangeHandlers<TenantChange> = {
  withdraw_consent(world, change) {
    const { tenant, clientId } = removeConsents(world, change)
    world.withdrawn.add(`${tenant.id}/${clientId}`)
  },
  grant_consent(world, change) {
    const { tenant, clientId } = removeConsents(world, change)
    const more = (change.scopes ?? []).map((scope) => (scope.includes('/') ? scope : `graph/${scope}`))
    const scopes = new Set([...requireApplication(world, clientId).registeredScopes, ...more])
    tenant.consents.push({ clientId, userId: null, scopes })
  },
  set_powerless(world, change) {
    requireTenant(world, change.tenantId).powerless = change.powerless
    return null
  },
  set_page_size(world, change) {
    const tenant = requireTenant(world, change.tenantId)
    tenant.pageSizes = { ...tenant.pageSizes, ...toPageSizes(change.pageSize) }
    return null
  },
  set_licence(world, change) {
    if (!['free', 'p1', 'p2'].includes(change.licence)) throw new WorldRefusal(`There is no licence ${change.licence}.`)
    const tenant = requireTenant(world, change.tenantId)
    forgetOldAudits(world, tenant)
    tenant.licence = change.licence
  },
  set_throttling(world, { tenantId, arm, graph }) {
    const tenant = requireTenant(world, tenantId)
    tenant.throttling = { arm: arm ?? tenant.throttling.arm, graph: graph ?? tenant.throttling.graph }
  },
  set_log_delays(world, { tenantId, activity, audits }) {
    const { logDelays } = requireTenant(world, tenantId)
    if (activity !== undefined) logDelays.activity = activity
    if (audits !== undefined) logDelays.audits = audits
    return null
  },
}

/** Removes every consent to an application in a tenant, by anyone. */
function removeConsents(world: World, change: ConsentChange): { tenant: Tenant; clientId: string } {
  const tenant = requireTenant(world, change.tenantId)
  const { clientId } = requireApplication(world, change.clientId)
  tenant.consents = tenant.consents.filter((consent) => consent.clientId !== clientId)
  return { tenant, clientId }
}

export type PlatformChange =
  | { type: 'expire_secret'; clientId?: string }
  | { type: 'set_secret'; clientId?: string; value: string }
  | { type: 'rotate_keys'; forgetOld?: boolean }
  | { type: 'set_token_lifetime'; seconds: number }
  | { type: 'advance_clock'; ms: number }

/** The changes of the platform: secrets of applications, signing keys, lifetime of tokens, time. */
export const changePlatform: ChangeHandlers<PlatformChange> = {
  expire_secret(world, change) {
    for (const secret of requireApplication(world, change.clientId).secrets) secret.expired = true
    return null
  },
  set_secret(world, change) {
    requireApplication(world, change.clientId).secrets = [{ value: change.value, expired: false }]
    return null
  },
  /** New tokens are signed with a new key. Older tokens stay valid, unless `forgetOld` drops their keys. */
  rotate_keys(world, change) {
    const key = generateSigningKey()
    world.signingKeys = change.forgetOld ? [key] : [...world.signingKeys, key]
    return { kid: key.kid }
  },
  set_token_lifetime(world, change) {
    world.tokenSeconds = change.seconds
    return null
  },
  advance_clock(world, change) {
    world.clockOffset += change.ms
    return null
  },
}

export type SubscriptionChange =
  | Move
  | { type: 'set_subscription_state'; subscriptionId: string; state: SubscriptionState }
  | { type: 'rename_subscription'; subscriptionId: string; displayName: string }
  | { type: 'rename_management_group'; tenantId: string; managementGroupId: string; displayName: string }

/** Moves a subscription to another tenant, or to another management group of its own tenant. */
type Move = { type: 'move_subscription'; subscriptionId: string; tenantId?: string; managementGroupId?: string }

/** The changes of subscriptions and management groups. */
export const changeSubscriptions: ChangeHandlers<SubscriptionChange> = {
  move_subscription: moveSubscription,
  set_subscription_state(world, change) {
    const { subscription, tenant } = requireSubscription(world, change.subscriptionId)
    subscription.state = change.state
    tenant.subscriptions.markChanged()
    return null
  },
  rename_subscription(world, change) {
    const { subscription, tenant } = requireSubscription(world, change.subscriptionId)
    subscription.name = change.displayName
    tenant.subscriptions.markChanged()
    return null
  },
  rename_management_group(world, change) {
    const tenant = requireTenant(world, change.tenantId)
    const group = requireManagementGroup(tenant, change.managementGroupId)
    if (!change.displayName) throw new WorldRefusal('The change lacks displayName.')
    group.displayName = change.displayName
    tenant.managementGroups.markChanged()
  },
}

/** Moves a subscription. One that moves to another tenant loses every assignment made in it, as in Azure. */
function moveSubscription(world: World, change: Move): void {
  const { subscription, tenant } = requireSubscription(world, change.subscriptionId)
  if (!change.tenantId && !change.managementGroupId)
    throw new WorldRefusal('Say where the subscription goes: tenantId or managementGroupId.')
  const target = change.tenantId ? requireTenant(world, change.tenantId) : tenant
  const managementGroupId = change.managementGroupId
    ? requireManagementGroup(target, change.managementGroupId).id
    : target.id
  if (target !== tenant) {
    for (const one of [...tenant.assignments.inSubscription(subscription.id)]) tenant.assignments.delete(one.id)
    for (const one of [...tenant.eligibilities.inSubscription(subscription.id)]) tenant.eligibilities.delete(one.id)
    for (const one of tenant.denyAssignments.list())
      if (isAtOrUnder(one.scope, `/subscriptions/${subscription.id}`)) tenant.denyAssignments.delete(one.id)
    for (const one of tenant.delegations.list())
      if (isAtOrUnder(one.scope, `/subscriptions/${subscription.id}`)) tenant.delegations.delete(one.id)
    tenant.subscriptions.delete(subscription.id)
  }
  subscription.tenantId = target.id
  subscription.managementGroupId = managementGroupId
  target.subscriptions.add(subscription)
}
