import type { ChangeHandlers } from './change-handlers'
import { applicationOf, tenantOf } from './named-in-change'
import { toPageSizes } from './to-page-sizes'
import type { Licence, PageSizes, Tenant, Throttling } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

/** `scopes` adds to what the application registered: names of Graph permissions, or scopes in full such as `arm/user_impersonation`. */
type Consenting = { tenantId: string; clientId?: string; scopes?: string[] }

export type TenantChange =
  | ({ type: 'withdraw_consent' } & Consenting)
  | ({ type: 'grant_consent' } & Consenting)
  | { type: 'set_powerless'; tenantId: string; powerless: Tenant['powerless'] }
  | { type: 'set_page_size'; tenantId: string; pageSize: number | Partial<PageSizes> }
  | { type: 'set_licence'; tenantId: string; licence: Licence }
  | ({ type: 'set_throttling'; tenantId: string } & Partial<Throttling>)

function withdraw(world: World, change: Consenting): { tenant: Tenant; clientId: string } {
  const tenant = tenantOf(world, change.tenantId)
  const { clientId } = applicationOf(world, change.clientId)
  tenant.consents = tenant.consents.filter((consent) => consent.clientId !== clientId)
  return { tenant, clientId }
}

/** What can happen to a tenant as a whole. */
export const changeTenant: ChangeHandlers<TenantChange> = {
  withdraw_consent(world, change) {
    const { tenant, clientId } = withdraw(world, change)
    world.withdrawn.add(`${tenant.id}/${clientId}`)
  },
  grant_consent(world, change) {
    const { tenant, clientId } = withdraw(world, change)
    const more = (change.scopes ?? []).map((scope) => (scope.includes('/') ? scope : `graph/${scope}`))
    const scopes = new Set([...applicationOf(world, clientId).registeredScopes, ...more])
    tenant.consents.push({ clientId, userId: null, scopes })
  },
  set_powerless(world, change) {
    tenantOf(world, change.tenantId).powerless = change.powerless
    return null
  },
  set_page_size(world, change) {
    const tenant = tenantOf(world, change.tenantId)
    tenant.pageSizes = { ...tenant.pageSizes, ...toPageSizes(change.pageSize) }
    return null
  },
  set_licence(world, change) {
    if (!['free', 'p1', 'p2'].includes(change.licence)) throw new UnknownThing(`There is no licence ${change.licence}.`)
    tenantOf(world, change.tenantId).licence = change.licence
  },
  set_throttling(world, { tenantId, arm, graph }) {
    const tenant = tenantOf(world, tenantId)
    tenant.throttling = { arm: arm ?? tenant.throttling.arm, graph: graph ?? tenant.throttling.graph }
  },
}
