import { Registry } from '../world/collections'
import { markUserChanged } from '../world/tenant'
import type { Lag, Tenant } from '../world/types'
import type { GraphCall } from './graph-call'

/**
 * The same request against a replica that does not know the lagging objects of the tenant: they are in no list of people and
 * of service principals, and every look-up of one answers that it does not exist. Lists of groups, members and schedules have
 * them. `countLookups` is called after the answer.
 */
export async function askReplica(call: GraphCall, path: string): Promise<{ call: GraphCall; countLookups(): void }> {
  const { tenant, world } = call
  for (const [id, lag] of tenant.lagging) if ('until' in lag && lag.until <= world.now()) endLag(tenant, id)
  if (tenant.lagging.size === 0 || /^\/(groups|identityGovernance)(\/|$)/i.test(path))
    return { call, countLookups() {} }
  const asked = await readAsked(call)
  const lags = [...tenant.lagging].filter(([id]) => asksFor(tenant, id, path, asked))
  const hidden = tenant.lagging
  const replica: Tenant = {
    ...tenant,
    users: withoutIds(tenant.users, hidden),
    deletedUsers: withoutIds(tenant.deletedUsers, hidden),
    servicePrincipals: withoutIds(tenant.servicePrincipals, hidden),
  }
  return { call: { ...call, tenant: replica }, countLookups: () => countLookups(tenant, lags) }
}

function countLookups(tenant: Tenant, lags: readonly (readonly [id: string, lag: Lag])[]): void {
  for (const [id, lag] of lags) if ('lookups' in lag && --lag.lookups <= 0) endLag(tenant, id)
}

/** From now on the object is known; to delta queries a person is a change. */
function endLag(tenant: Tenant, id: string): void {
  tenant.lagging.delete(id)
  const user = tenant.users.get(id)
  if (user) markUserChanged(tenant, user)
  tenant.servicePrincipals.markChanged()
}

function withoutIds<T extends { id: string }>(all: Registry<T>, hidden: ReadonlyMap<string, unknown>): Registry<T> {
  const kept = new Registry<T>()
  for (const item of all.values()) if (!hidden.has(item.id)) kept.add(item)
  return kept
}

/** The address with its query and the body, in lower case. */
async function readAsked({ url, request }: GraphCall): Promise<string> {
  return `${decodeURIComponent(url.pathname)} ${[...url.searchParams.values()].join(' ')} ${await request.clone().text()}`.toLowerCase()
}

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/

/** Whether a request looks an object up: it names its id or its user principal name, or lists all objects of its type. */
function asksFor(tenant: Tenant, id: string, path: string, asked: string): boolean {
  const name = tenant.users.get(id)?.userPrincipalName.toLowerCase()
  if (asked.includes(id) || (name !== undefined && asked.includes(name))) return true
  const isService = tenant.servicePrincipals.has(id)
  const set = isService ? /^\/servicePrincipals\/?(\$count)?$/i : /^\/(users|directory\/deletedItems)(\/|$)/i
  return set.test(path) && !GUID.test(asked)
}
