import { randomUUID } from 'node:crypto'
import { applyChange } from './changes'
import { addDelegations } from './delegations'
import { settleGroupAccess } from './group-schedules'
import { addAccounts, addApplication, type MadeAccount, type MadeApplication } from './make-accounts'
import { addAssignments, addPrivileged } from './make-assignments'

import { addCustomRoles, addNarrowRoles } from './make-custom-roles'
import { addEligibleMembers, addOwners, addServicesToGroups } from './make-group-access'

import { addAgentIdentities, addDeleted, addDevices, addGroups, addPeople, addWorkloads } from './make-principals'
import { createRandom, type Random } from './random'
import { managementGroupScope } from './scopes'
import { addSubscription, createTenant } from './tenant'

import { checkSpec, countOf, type GroupsSpec, type TenantSpec, toPageSizes } from './tenant-spec'
import type { Tenant } from './types'

import type { World } from './world'

/** What the caller is told about a made tenant. */
export type MadeTenant = {
  tenantId: string
  domain: string
  accounts: MadeAccount[]
  subscriptions: { id: string; name: string }[]
  managementGroups: { id: string; name: string }[]
  application: MadeApplication
  figures: Record<string, number>
}

/**
 * Makes a tenant with its own people, subscriptions and accounts and adds it to the world. The nth use of a seed gives the
 * same tenant in every sandbox. Throws WorldRefusal, and adds nothing, when the tenant cannot be made as asked.
 */
export function makeTenant(world: World, spec: TenantSpec): MadeTenant {
  const seed = String(spec.seed ?? randomUUID())
  const use = (world.seedUses.get(seed) ?? 0) + 1
  world.seedUses.set(seed, use)
  return addTenant(world, { ...spec, seed: use === 1 ? seed : `${seed}#${use}` })
}

const MANY_SUBSCRIPTIONS = 50 // with more, accounts hold their roles at the root management group instead of at each one

function addTenant(world: World, asked: TenantSpec): MadeTenant {
  const spec = checkSpec(asked)
  const random = createRandom(`tenant/${spec.seed}`)
  const id = random.guid()
  const name = spec.name ?? 'Tailspin'
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-') || 'tenant'
  const tenant = createTenant({ id, name, domain: `${slug}-${id.slice(0, 6)}.example`, demo: false })
  applySwitches(tenant, spec)
  addPlaces(tenant, random, slug, spec)
  const subscriptions = tenant.subscriptions.list()
  const hasManySubscriptions = subscriptions.length > MANY_SUBSCRIPTIONS
  const scopes = hasManySubscriptions
    ? [managementGroupScope(id)]
    : subscriptions.map((one) => `/subscriptions/${one.id}`)
  const { accounts, partner } = addAccounts(tenant, random, scopes)
  const { application, registration: register } = addApplication(tenant, random, scopes)
  populate(tenant, random, spec)

  settleGroupAccess(tenant, world.now())
  world.addTenant(tenant)
  world.addTenant(partner)
  world.applications.set(register.clientId, register)
  if (spec.consented) {
    const scopes = Array.isArray(spec.consented) ? { scopes: spec.consented } : {}
    applyChange(world, { type: 'grant_consent', tenantId: id, ...scopes })
  }
  return {
    tenantId: id,
    domain: tenant.domain,
    accounts,
    subscriptions: subscriptions.map((one) => ({ id: one.id, name: one.name })),
    managementGroups: tenant.managementGroups.list().map((one) => ({ id: one.id, name: one.displayName })),
    application,
    figures: figuresOf(tenant),
  }
}

function applySwitches(tenant: Tenant, spec: TenantSpec): void {
  const isPrivileged = spec.eligibility || spec.timeBound || (typeof spec.groups === 'object' && spec.groups.eligible)
  tenant.licence = spec.licence ?? (isPrivileged ? 'p2' : 'free')
  tenant.powerless = spec.powerless ?? 'forbidden'
  tenant.mixedRoleIds = spec.mixedRoleIds ?? false
  tenant.throttling = { arm: spec.throttling?.arm ?? false, graph: spec.throttling?.graph ?? false }
  if (spec.pageSize !== undefined) tenant.pageSizes = { ...tenant.pageSizes, ...toPageSizes(spec.pageSize) }
}

const SHARE_WITH_SERVICES = 0.3 // of the groups of a made tenant, unless told otherwise
const ELIGIBLE_MEMBERS = 3 // at most, in a made tenant with the licence P2, unless told otherwise

/** Adds everything except the accounts and the application. */
function populate(tenant: Tenant, random: Random, spec: TenantSpec): void {
  const people = addPeople(tenant, random, spec)
  const deleted = addDeleted(tenant, random, countOf(spec.deleted, people.length))
  const agents = addAgentIdentities(tenant, createRandom(`tenant/${spec.seed}/agents`), spec.agents ?? 0)
  const groups = addGroups(tenant, random, spec.groups ?? 0, [...people, ...agents.users])
  const servicePrincipal = addWorkloads(tenant, random, spec.servicePrincipals ?? 0)
  const services = [...servicePrincipal, ...agents.services]
  const groupAccess = createRandom(`tenant/${spec.seed}/group access`)
  addOwners(tenant, groupAccess, { groups, people, services })
  const asked: Partial<GroupsSpec> = typeof spec.groups === 'object' ? spec.groups : {}
  addServicesToGroups(tenant, groupAccess, asked.services ?? SHARE_WITH_SERVICES, { groups, services })
  const isPossible = tenant.licence === 'p2' && people.length > 0
  const eligible = asked.eligible ?? (isPossible ? Math.min(ELIGIBLE_MEMBERS, groups.length) : 0)
  addEligibleMembers(tenant, groupAccess, eligible, { groups, people })
  const device = addDevices(tenant, random, spec.devices ?? 0)
  addCustomRoles(tenant, random, spec)
  addNarrowRoles(tenant, createRandom(`tenant/${spec.seed}/narrow roles`), spec, people)
  addPrivileged(tenant, random, spec, { people, groups })
  addDelegations(tenant, createRandom(`tenant/${spec.seed}/delegations`), spec)
  addAssignments(tenant, random, spec, { user: people, group: groups, servicePrincipal, device, deleted })
}

function figuresOf(tenant: Tenant): Record<string, number> {
  return {
    users: tenant.users.size,
    deletedUsers: tenant.deletedUsers.size,
    groups: tenant.groups.size,
    memberships: tenant.memberships.size,
    groupSchedules: tenant.groupSchedules.size,
    servicePrincipals: tenant.servicePrincipals.size,
    devices: tenant.devices.size,
    managementGroups: tenant.managementGroups.size,
    subscriptions: tenant.subscriptions.size,
    customRoles: tenant.customRoles.size,
    assignments: tenant.assignments.size,
    eligibilities: tenant.eligibilities.size,
    denyAssignments: tenant.denyAssignments.size,
    delegations: tenant.delegations.size,
  }
}

/** Adds the management groups and subscriptions of a made tenant. */
function addPlaces(tenant: Tenant, random: Random, slug: string, spec: TenantSpec): void {
  const depth = spec.managementGroupDepth ?? 0
  const leaves = depth > 0 ? addManagementGroups(tenant, slug, depth, spec.managementGroups ?? depth * 2) : [tenant.id]
  const resourceGroups = Array.from({ length: spec.resourceGroups ?? 0 }, (_, index) => `rg-${index}`)
  for (let index = 0; index < (spec.subscriptions ?? 1); index++) {
    addSubscription(tenant, {
      id: random.guid(),
      name: index === 0 ? `${tenant.name} Production` : `${tenant.name} ${index + 1}`,
      managementGroupId: leaves[index % leaves.length] ?? tenant.id,
      resourceGroups: [...resourceGroups],
    })
  }
}

/**
 * Adds management groups in chains below the tenant root, each `depth` long except perhaps the last. Returns those without
 * children, to which the subscriptions belong.
 */
function addManagementGroups(tenant: Tenant, slug: string, depth: number, count: number): string[] {
  const parents = new Set<string>()
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const parentId = index % depth === 0 ? tenant.id : (ids.at(-1) ?? tenant.id)
    const id = `${slug}-mg-${index + 1}`
    tenant.managementGroups.add({ id, displayName: `${tenant.name} ${index + 1}`, parentId })
    parents.add(parentId)
    ids.push(id)
  }
  return ids.filter((id) => !parents.has(id))
}
