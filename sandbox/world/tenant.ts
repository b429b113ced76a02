import { Memberships, Registry, ScopedIndex } from './collections'
import type { Random } from './random'
import { BUILT_IN_ROLES, roleIdOf } from './roles'
import type {
  Assignment,
  Eligibility,
  Group,
  ManagementGroup,
  PrincipalType,
  ServicePrincipal,
  Subscription,
  Tenant,
  User,
} from './types'

/** A tenant with its root management group and nothing else. */
export function emptyTenant(facts: { id: string; name: string; domain: string; demo: boolean }): Tenant {
  const managementGroups = new Registry<ManagementGroup>()
  managementGroups.add({ id: facts.id, displayName: 'Tenant Root Group', parentId: null })
  return {
    ...facts,
    licence: 'free',
    users: new Registry(),
    deletedUsers: new Registry(),
    purgedUsers: new Map(),
    groups: new Registry(),
    deletedGroups: new Registry(),
    memberships: new Memberships(),
    servicePrincipals: new Registry(),
    devices: new Registry(),
    managementGroups,
    subscriptions: new Registry(),
    assignments: new ScopedIndex(),
    eligibilities: new ScopedIndex(),
    denyAssignments: new Registry(),
    customRoles: new Registry(),
    consents: [],
    appRoles: new Map(),
    pageSizes: { assignments: 1_000, instances: 1_000, subscriptions: 1_000, users: 999, members: 999 },
    throttling: { arm: false, graph: false },
    powerless: 'forbidden',
    mixedRoleIds: false,
    sequence: 0,
  }
}

type UserFacts = Pick<User, 'id' | 'displayName' | 'userPrincipalName'> & Partial<User>

/** Shared by everyone who has none of their own: hundreds of thousands of empty lists are megabytes. */
const NOTHING: never[] = []
const ORDINARY = Object.freeze({})

/** Adds a member in good standing; every fact may be given otherwise. */
export function addUser(tenant: Tenant, random: Random, facts: UserFacts): User {
  const created = timeBefore(random, 1_500)
  const user: User = {
    givenName: facts.givenName ?? facts.displayName.split(' ')[0] ?? null,
    surname: facts.surname ?? (facts.displayName.split(' ').slice(1).join(' ') || null),
    mail: facts.userPrincipalName,
    jobTitle: null,
    department: null,
    officeLocation: null,
    mobilePhone: null,
    businessPhones: NOTHING,
    preferredLanguage: null,
    accountEnabled: true,
    userType: 'Member',
    externalUserState: null,
    externalUserStateChangeDateTime: null,
    createdDateTime: created,
    deletedDateTime: null,
    lastSignInDateTime: null,
    directoryRoles: NOTHING,
    home: null,
    tokensValidFrom: 0,
    changedAt: ++tenant.sequence,
    traits: ORDINARY,
    account: null,
    ...facts,
  }
  return tenant.users.add(user)
}

/** To be called after a person was changed in place: look-ups by name and delta queries follow. */
export function touchUser(tenant: Tenant, user: User): void {
  user.changedAt = ++tenant.sequence
  tenant.users.markChanged()
}

/** Puts a person into the bin, from where they can be restored, or out of the world for good. Memberships go, assignments stay. */
export function deleteUser(tenant: Tenant, user: User, deletedDateTime: string, permanently = false): void {
  tenant.users.delete(user.id)
  tenant.memberships.forget(user.id)
  user.deletedDateTime = deletedDateTime
  user.changedAt = ++tenant.sequence
  if (permanently) tenant.purgedUsers.set(user.id, user.changedAt)
  else tenant.deletedUsers.add(user)
}

/** What makes a person a guest: an address of elsewhere folded into the tenant's own. */
export function guestFacts(
  random: Random,
  tenant: Tenant,
  mail: string,
  accepted: boolean,
): Partial<User> & { userPrincipalName: string } {
  return {
    userPrincipalName: `${mail.replace('@', '_')}#EXT#@${tenant.domain}`,
    mail,
    userType: 'Guest',
    externalUserState: accepted ? 'Accepted' : 'PendingAcceptance',
    externalUserStateChangeDateTime: timeBefore(random, 300),
  }
}

/** The guest a tenant knows an account of elsewhere as. */
export function findGuest(tenant: Tenant, home: { tenantId: string; objectId: string }): User | undefined {
  return tenant.users
    .indexBy('home', (one) => one.home && `${one.home.tenantId}/${one.home.objectId}`)
    .get(`${home.tenantId}/${home.objectId}`)
}

/** Adds a security group, empty as yet. */
export function addGroup(tenant: Tenant, facts: Pick<Group, 'id' | 'displayName'> & Partial<Group>): Group {
  return tenant.groups.add({
    description: null,
    createdDateTime: '2024-02-01T08:00:00Z',
    securityEnabled: true,
    isAssignableToRole: false,
    hiddenMembership: false,
    ...facts,
  })
}

/** Adds an application's service principal of the tenant itself; every fact may be given otherwise. */
export function addServicePrincipal(
  tenant: Tenant,
  facts: Pick<ServicePrincipal, 'id' | 'appId' | 'displayName'> & Partial<ServicePrincipal>,
): ServicePrincipal {
  return tenant.servicePrincipals.add({
    servicePrincipalType: 'Application',
    accountEnabled: true,
    appOwnerOrganizationId: facts.servicePrincipalType === 'ManagedIdentity' ? null : tenant.id,
    alternativeNames: NOTHING,
    createdDateTime: '2024-03-12T10:00:00Z',
    ...facts,
  })
}

export function addSubscription(
  tenant: Tenant,
  facts: Pick<Subscription, 'id' | 'name'> & Partial<Subscription>,
): Subscription {
  const subscription: Subscription = {
    tenantId: tenant.id,
    state: 'Enabled',
    managementGroupId: tenant.id,
    quotaId: 'PayAsYouGo_2014-09-01',
    tags: {},
    resourceGroups: [],
    note: '',
    ...facts,
  }
  return tenant.subscriptions.add(subscription)
}

type AssignmentFacts = {
  principalId: string
  role: string
  scope: string
  principalType?: PrincipalType
} & Partial<Assignment>

/** Adds an assignment; `role` is a built-in role's name, or the id of any role. */
export function addAssignment(tenant: Tenant, random: Random, { role, ...facts }: AssignmentFacts): Assignment {
  return tenant.assignments.add({
    id: random.guid(),
    roleId: roleIdIn(tenant, role),
    principalType: facts.principalType ?? principalTypeOf(tenant, facts.principalId),
    condition: null,
    description: null,
    createdOn: timeBefore(random, 900, 7),
    createdBy: null,
    schedule: null,
    ...facts,
  })
}

type EligibilityFacts = Pick<Eligibility, 'principalId' | 'scope'> & { role: string } & Partial<Eligibility>

/** Adds a role that can be activated, permanently unless an end is given. */
export function addEligibility(tenant: Tenant, random: Random, { role, ...facts }: EligibilityFacts): Eligibility {
  const createdOn = timeBefore(random, 400, 7)
  return tenant.eligibilities.add({
    id: random.guid(),
    roleId: roleIdIn(tenant, role),
    principalType: facts.principalType ?? principalTypeOf(tenant, facts.principalId),
    condition: null,
    createdOn,
    startDateTime: createdOn,
    endDateTime: null,
    ...facts,
  })
}

function principalTypeOf(tenant: Tenant, id: string): PrincipalType {
  if (tenant.groups.has(id)) return 'Group'
  if (tenant.devices.has(id)) return 'Device'
  return tenant.servicePrincipals.has(id) ? 'ServicePrincipal' : 'User'
}

/** The id of a role by its id or its name, built-in or the tenant's own; throws on a misspelt one. */
function roleIdIn(tenant: Tenant, role: string): string {
  const id = role.toLowerCase()
  if (BUILT_IN_ROLES.has(id) || tenant.customRoles.has(id)) return id
  return tenant.customRoles.indexBy('name', (one) => one.name).get(id)?.id ?? roleIdOf(role)
}

const DAY_MS = 86_400_000
/** The moment worlds are made at: fixed, so that the same seed gives the same times. */
const EPOCH_MS = Date.UTC(2026, 0, 15, 9, 0, 0)

/** A time some days before the world's beginning, with Azure's seven decimals when asked. */
export function timeBefore(random: Random, days: number, decimals: 0 | 7 = 0): string {
  const at = new Date(EPOCH_MS - Math.floor(random.next() * days * DAY_MS)).toISOString()
  if (decimals === 0) return `${at.slice(0, 19)}Z`
  return `${at.slice(0, 19)}.${String(random.below(10_000_000)).padStart(7, '0')}Z`
}
