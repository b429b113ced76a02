import {
  addAssignment,
  addGroup,
  addServicePrincipal,
  addSubscription,
  addUser,
  deleteUser,
  emptyTenant,
  guestFacts,
} from './build'
import { toPageSizes } from './changes'
import { addAccounts, type MadeAccount } from './make-accounts'
import { FAMILY_NAMES, GIVEN_NAMES } from './names'
import { createRandom, type Random } from './random'
import { BUILT_IN_ROLES } from './roles'
import { managementGroupScope } from './scopes'
import type { Tenant } from './types'
import type { World } from './world'

/** How a made tenant looks. Counts; `people` is all users but the accounts, `assignments` is per subscription, all told. */
export type TenantSpec = {
  seed?: string | number
  name?: string
  people?: number
  guests?: number
  disabled?: number
  deleted?: number
  assignments?: number
  subscriptions?: number
  groups?: number
  servicePrincipals?: number
  customRoles?: number
  pageSize?: number | Partial<Tenant['pageSizes']>
  consented?: boolean
  powerless?: Tenant['powerless']
}

export type MadeTenant = {
  tenantId: string
  domain: string
  accounts: MadeAccount[]
  subscriptions: { id: string; name: string }[]
}

const RESOURCES = [
  'providers/Microsoft.Storage/storageAccounts/data',
  'providers/Microsoft.KeyVault/vaults/keys',
  'providers/Microsoft.Compute/virtualMachines/vm-01',
]

function addPeople(tenant: Tenant, random: Random, spec: TenantSpec): string[] {
  const ids: string[] = []
  const { people = 20, guests = 0, disabled = 0 } = spec
  for (let index = 0; index < people; index++) {
    const displayName = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
    const address =
      index < guests
        ? guestFacts(random, tenant, `guest${index}@elsewhere.example`, index % 2 === 0)
        : { userPrincipalName: `person${index}@${tenant.domain}` }
    const enabled = !(index >= guests && index < guests + disabled)
    ids.push(addUser(tenant, random, { ...address, id: random.guid(), displayName, accountEnabled: enabled }).id)
  }
  return ids
}

function addDeleted(tenant: Tenant, random: Random, count: number): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: `Former Colleague ${index + 1}`,
      userPrincipalName: `former${index}@${tenant.domain}`,
    })
    // Every second one is out of the bin too: only the assignment still tells of them.
    deleteUser(tenant, user, '2026-01-10T12:00:00Z', index % 2 === 1)
    ids.push(user.id)
  }
  return ids
}

function addOthers(tenant: Tenant, random: Random, spec: TenantSpec, people: string[]): string[] {
  const ids: string[] = []
  for (let index = 0; index < (spec.groups ?? 0); index++) {
    const id = random.guid()
    const members = new Set(people.length > 0 ? Array.from({ length: 5 }, () => random.pick(people)) : [])
    // Every third group holds the one before it, so that there is nesting.
    const before = ids.at(-1)
    if (index % 3 === 2 && before) members.add(before)
    addGroup(tenant, { id, displayName: `Team ${index + 1}` })
    for (const member of members) tenant.memberships.add(id, member)
    ids.push(id)
  }
  for (let index = 0; index < (spec.servicePrincipals ?? 0); index++) {
    const id = random.guid()
    addServicePrincipal(tenant, {
      id,
      appId: random.guid(),
      displayName: `workload-${index + 1}`,
      servicePrincipalType: index % 2 ? 'ManagedIdentity' : 'Application',
    })
    ids.push(id)
  }
  return ids
}

function addCustomRoles(tenant: Tenant, random: Random, count: number): void {
  const at = '2024-06-11T10:02:31.1180291Z'
  for (let index = 0; index < count; index++) {
    const id = random.guid()
    const permissions = [{ actions: ['Microsoft.Compute/*/read'], notActions: [], dataActions: [], notDataActions: [] }]
    tenant.customRoles.set(id, {
      id,
      name: `${tenant.name} Role ${index + 1}`,
      description: 'A custom role.',
      custom: true,
      assignableScopes: [managementGroupScope(tenant.id)],
      permissions,
      createdOn: at,
      updatedOn: at,
    })
  }
}

function scopeIn(random: Random, subscriptionId: string): string {
  const dice = random.below(10)
  const base = `/subscriptions/${subscriptionId}`
  if (dice < 3) return base
  // Azure keeps the spelling an assignment was made with, so the same group comes in several.
  const segment = random.below(8) === 0 ? 'resourcegroups/RG' : 'resourceGroups/rg'
  const group = `${base}/${segment}-${random.below(40)}`
  return dice < 8 ? group : `${group}/${random.pick(RESOURCES)}`
}

/** Fills a subscription up to the wanted number of rows; the holders take turns, so that each holds something while rows last. */
function fillSubscription(
  tenant: Tenant,
  random: Random,
  subscriptionId: string,
  holders: string[],
  wanted: number,
): void {
  const roles = [...BUILT_IN_ROLES.keys(), ...tenant.customRoles.keys()].filter(
    (id) => BUILT_IN_ROLES.get(id)?.name !== 'Owner',
  )
  const taken = new Set<string>()
  const under = `/subscriptions/${subscriptionId}`
  let rows = [...tenant.assignments.values()].filter(
    (one) => !one.scope.startsWith('/subscriptions/') || one.scope.startsWith(under),
  ).length
  const known = (id: string) => tenant.users.has(id) || tenant.groups.has(id) || tenant.servicePrincipals.has(id)
  for (let turn = 0; holders.length > 0 && rows < wanted; turn++) {
    const principalId = holders[turn % holders.length] ?? ''
    const role = random.pick(roles)
    const scope = scopeIn(random, subscriptionId)
    const key = `${principalId}/${role}/${scope}`.toLowerCase()
    if (taken.has(key)) continue
    taken.add(key)
    addAssignment(tenant, random, {
      principalId,
      role,
      scope,
      ...(known(principalId) ? {} : { principalType: 'User' as const }),
    })
    rows++
  }
}

/** Adds a tenant with its own people, subscriptions and accounts to the world; the same seed gives the same tenant. */
export function makeTenant(world: World, spec: TenantSpec): MadeTenant {
  const random = createRandom(`tenant/${spec.seed}`)
  const id = random.guid()
  const name = spec.name ?? 'Tailspin'
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-') || 'tenant'
  const tenant = emptyTenant({ id, name, domain: `${slug}-${id.slice(0, 6)}.example`, demo: false })
  tenant.powerless = spec.powerless ?? 'forbidden'
  if (spec.pageSize !== undefined) tenant.pageSizes = { ...tenant.pageSizes, ...toPageSizes(spec.pageSize) }
  world.addTenant(tenant)
  for (let index = 0; index < (spec.subscriptions ?? 1); index++) {
    addSubscription(tenant, { id: random.guid(), name: index === 0 ? `${name} Production` : `${name} ${index + 1}` })
  }
  const accounts = addAccounts(world, tenant, random)
  const people = addPeople(tenant, random, spec)
  const deleted = addDeleted(tenant, random, spec.deleted ?? 0)
  const others = addOthers(tenant, random, spec, people)
  addCustomRoles(tenant, random, spec.customRoles ?? 0)
  for (const subscription of tenant.subscriptions.values()) {
    fillSubscription(
      tenant,
      random,
      subscription.id,
      [...deleted, ...others, ...people],
      spec.assignments ?? people.length,
    )
  }
  if (spec.consented) world.change({ type: 'grant_consent', tenantId: id })
  const subscriptions = [...tenant.subscriptions.values()].map((one) => ({ id: one.id, name: one.name }))
  return { tenantId: id, domain: tenant.domain, accounts, subscriptions }
}
