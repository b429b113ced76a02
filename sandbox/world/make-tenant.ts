import { emptyTenant } from './build'
import { countOf } from './count-of'
import { addAccounts, type MadeAccount } from './make-accounts'
import { addApplication, type MadeApplication } from './make-application'
import { addAssignments } from './make-assignments'
import { addGroups } from './make-groups'
import { addDeleted, addPeople } from './make-people'
import { addPlaces } from './make-places'
import { addPrivileged } from './make-privileged'
import { addCustomRoles } from './make-roles'
import { addDevices, addWorkloads } from './make-workloads'
import { createRandom, type Random } from './random'
import { managementGroupScope } from './scopes'
import { checkSpec, type TenantSpec } from './tenant-spec'
import { toPageSizes } from './to-page-sizes'
import type { Tenant } from './types'
import type { World } from './world'

const MANY_SUBSCRIPTIONS = 50 // from here on accounts hold their roles at the root management group instead of at each

export type MadeTenant = {
  tenantId: string
  domain: string
  accounts: MadeAccount[]
  subscriptions: { id: string; name: string }[]
  managementGroups: { id: string; name: string }[]
  application: MadeApplication
  figures: Record<string, number>
}

function applySwitches(tenant: Tenant, spec: TenantSpec): void {
  tenant.licence = spec.licence ?? (spec.eligibility || spec.timeBound ? 'p2' : 'free')
  tenant.powerless = spec.powerless ?? 'forbidden'
  tenant.mixedRoleIds = spec.mixedRoleIds ?? false
  tenant.throttling = { arm: spec.throttling?.arm ?? false, graph: spec.throttling?.graph ?? false }
  if (spec.pageSize !== undefined) tenant.pageSizes = { ...tenant.pageSizes, ...toPageSizes(spec.pageSize) }
}

/** Everything but the accounts and the application. */
function populate(tenant: Tenant, random: Random, spec: TenantSpec): void {
  const people = addPeople(tenant, random, spec)
  const deleted = addDeleted(tenant, random, countOf(spec.deleted, people.length))
  const groups = addGroups(tenant, random, spec.groups ?? 0, people)
  const servicePrincipal = addWorkloads(tenant, random, spec.servicePrincipals ?? 0)
  const device = addDevices(tenant, random, spec.devices ?? 0)
  addCustomRoles(tenant, random, spec)
  addPrivileged(tenant, random, spec, { people, groups })
  addAssignments(tenant, random, spec, { user: people, group: groups, servicePrincipal, device, deleted })
}

function figuresOf(tenant: Tenant): Record<string, number> {
  return {
    users: tenant.users.size,
    deletedUsers: tenant.deletedUsers.size,
    groups: tenant.groups.size,
    memberships: tenant.memberships.size,
    servicePrincipals: tenant.servicePrincipals.size,
    devices: tenant.devices.size,
    managementGroups: tenant.managementGroups.size,
    subscriptions: tenant.subscriptions.size,
    customRoles: tenant.customRoles.size,
    assignments: tenant.assignments.size,
    eligibilities: tenant.eligibilities.size,
    denyAssignments: tenant.denyAssignments.size,
  }
}

/**
 * Adds a tenant with its own people, subscriptions and accounts to the world; the same seed gives the same tenant.
 * Throws UnknownThing, and adds nothing, when it cannot be as it was asked for.
 */
export function makeTenant(world: World, asked: TenantSpec): MadeTenant {
  const spec = checkSpec(asked)
  const random = createRandom(`tenant/${spec.seed}`)
  const id = random.guid()
  const name = spec.name ?? 'Tailspin'
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-') || 'tenant'
  const tenant = emptyTenant({ id, name, domain: `${slug}-${id.slice(0, 6)}.example`, demo: false })
  applySwitches(tenant, spec)
  addPlaces(tenant, random, slug, spec)
  const subscriptions = tenant.subscriptions.list()
  const many = subscriptions.length > MANY_SUBSCRIPTIONS
  const scopes = many ? [managementGroupScope(id)] : subscriptions.map((one) => `/subscriptions/${one.id}`)
  const { accounts, partner } = addAccounts(tenant, random, scopes)
  const { application, register } = addApplication(tenant, random, scopes)
  populate(tenant, random, spec)

  world.addTenant(tenant)
  world.addTenant(partner)
  world.applications.set(register.clientId, register)
  if (spec.consented) {
    const scopes = Array.isArray(spec.consented) ? { scopes: spec.consented } : {}
    world.change({ type: 'grant_consent', tenantId: id, ...scopes })
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
