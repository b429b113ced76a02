import fc from 'fast-check'
import { mintAccessToken } from '../entra/tokens'
import { createRandom } from '../world/random'
import {
  addAssignment,
  addEligibility,
  addGroup,
  addServicePrincipal,
  addSubscription,
  addUser,
  createTenant,
} from '../world/tenant'
import type { Tenant } from '../world/types'
import type { World } from '../world/world'

const guid = (kind: number, number: number) =>
  `${String(kind).repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`
const TENANT = guid(1, 1)
export const SUBSCRIPTION = guid(2, 1)
const BESIDE = guid(2, 2)
export const OWNER = guid(3, 99)
const group = (id: string) => `/providers/Microsoft.Management/managementGroups/${id}`

const USERS = [0, 1, 2, 3].map((number) => guid(3, number))
export const GROUPS = [0, 1, 2, 3, 4].map((number) => guid(4, number))
export const APPS = [guid(5, 0)]
export const MEMBERS = [...GROUPS, ...USERS, ...APPS]
const UNKNOWN = guid(6, 0)

const SCOPES = [
  '/',
  group(TENANT),
  group('platform'),
  group('Beside'),
  `/subscriptions/${SUBSCRIPTION}`,
  `/SUBSCRIPTIONS/${SUBSCRIPTION.toUpperCase()}`,
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-Front`,
  `/subscriptions/${SUBSCRIPTION}/resourcegroups/RG-front/providers/Microsoft.Web/sites/shop`,
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-Front2`,
  `/subscriptions/${BESIDE}`,
]
const HOUR_MS = 3_600_000

const held = fc.record({
  principalId: fc.constantFrom(...MEMBERS, UNKNOWN),
  scope: fc.constantFrom(...SCOPES),
  role: fc.constantFrom('Reader', 'Storage Blob Data Reader'),
  /** Hours from now; `until` null has no end. */
  window: fc.option(fc.record({ from: fc.constantFrom(-2, 1), until: fc.constantFrom(-1, 2, null) })),
  activated: fc.boolean(),
})

/** Draws a small tenant whose groups contain one another in any way, rings included, and whose roles are held at any scope. */
export const smallWorld = fc.record({
  memberships: fc.array(fc.tuple(fc.constantFrom(...GROUPS), fc.constantFrom(...MEMBERS)), { maxLength: 14 }),
  assignments: fc.array(held, { maxLength: 12 }),
  eligibilities: fc.array(held, { maxLength: 6 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
})
type SmallWorld = typeof smallWorld extends fc.Arbitrary<infer T> ? T : never

const timeFromNow = (world: World, hours: number) => new Date(world.now() + hours * HOUR_MS).toISOString()

function addHeld(world: World, tenant: Tenant, drawn: SmallWorld): void {
  const random = createRandom('small world')
  const windowOf = ({ window }: SmallWorld['assignments'][number]) => ({
    startDateTime: timeFromNow(world, window?.from ?? -2),
    endDateTime: typeof window?.until === 'number' ? timeFromNow(world, window.until) : null,
  })
  for (const one of drawn.assignments) {
    const { principalId, scope, role } = one
    const assignmentType = one.activated ? 'Activated' : 'Assigned'
    const schedule = one.window && ({ ...windowOf(one), assignmentType, eligibilityId: null } as const)
    addAssignment(tenant, random, { principalId, scope, role, schedule })
  }
  for (const one of drawn.eligibilities) {
    const { principalId, scope, role } = one
    addEligibility(tenant, random, { principalId, scope, role, ...windowOf(one) })
  }
}

/** Builds the drawn tenant in the world, in place of the one drawn before. Its owner may read everything. */
export function buildSmallWorld(world: World, drawn: SmallWorld): Tenant {
  const random = createRandom('directory')
  const tenant = createTenant({ id: TENANT, name: 'Northwind', domain: 'northwind.example', demo: false })
  world.addTenant(tenant)
  tenant.licence = 'p2'
  const { pageSize } = drawn
  tenant.pageSizes = {
    assignments: pageSize,
    instances: pageSize,
    subscriptions: pageSize,
    users: pageSize,
    members: pageSize,
  }
  tenant.managementGroups.add({ id: 'Platform', displayName: 'Platform', parentId: TENANT })
  tenant.managementGroups.add({ id: 'Beside', displayName: 'Beside', parentId: TENANT })
  addSubscription(tenant, { id: SUBSCRIPTION, name: 'Web', managementGroupId: 'Platform' })
  addSubscription(tenant, { id: BESIDE, name: 'Lab', managementGroupId: 'Beside' })
  for (const id of [...USERS, OWNER])
    addUser(tenant, random, { id, displayName: `Person ${id}`, userPrincipalName: `${id}@northwind.example` })
  for (const id of GROUPS) addGroup(tenant, { id, displayName: `Group ${id}` })
  for (const id of APPS) addServicePrincipal(tenant, { id, appId: id, displayName: 'Robot' })
  for (const [groupId, member] of drawn.memberships) if (groupId !== member) tenant.memberships.add(groupId, member)
  addHeld(world, tenant, drawn)
  addAssignment(tenant, random, { principalId: OWNER, scope: '/', role: 'Owner' })
  return tenant
}

/** A person's access token for Azure or for Microsoft Graph; `graphNames` are the permissions in the latter. */
export function tokenOf(
  world: World,
  tenant: Tenant,
  userId: string,
  audience: 'arm' | 'graph',
  graphNames = ['User.Read', 'Directory.Read.All'],
): string {
  const user = tenant.users.get(userId)
  const app = world.applications.get(world.clientId)
  if (!user || !app) throw new Error(`${userId} cannot sign in.`)
  const subject = { tenant, user, homeTenant: tenant, homeUser: user }
  const options =
    audience === 'arm'
      ? { audience: 'https://management.azure.com/', names: ['user_impersonation'], mfa: true }
      : { audience: 'https://graph.microsoft.com', names: graphNames, mfa: true }
  return mintAccessToken(world, subject, app, options).token
}

type Page<Item> = { value?: Item[]; nextLink?: string; '@odata.nextLink'?: string; error?: unknown }

/**
 * Reads every page of a list over HTTP. Throws at the first refusal.
 *
 * @param between is called after each page with its number, starting with 1
 */
export async function readPages<Item>(
  sandboxUrl: string,
  token: string,
  address: string,
  between?: (page: Item[], number: number) => void,
): Promise<Item[][]> {
  const pages: Item[][] = []
  let next: string | undefined = address
  while (next !== undefined) {
    const response: Response = await fetch(next.replace('https://', `${sandboxUrl}/`), {
      headers: { authorization: `Bearer ${token}`, consistencylevel: 'eventual' },
    })
    const page = (await response.json()) as Page<Item>
    if (!page.value) throw new Error(`${next} gave ${response.status}: ${JSON.stringify(page)}`)
    pages.push(page.value)
    between?.(page.value, pages.length)
    if (pages.length > 1_000) throw new Error(`${address} does not end.`)
    next = page.nextLink ?? page['@odata.nextLink']
  }
  return pages
}
