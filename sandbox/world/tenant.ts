import { Memberships, Registry, ScopedIndex } from './collections'
import { forgetGroupAccess, suspendGroupAccess } from './group-schedules'
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

/** Microsoft gives no figure for either log ("there might be a delay"), so these are invented. Entra's could not be shorter. */
const LOG_DELAYS = { activity: 4_000, audits: 0 }

/** Creates a tenant with its root management group and nothing else. */
export function createTenant(facts: { id: string; name: string; domain: string; demo: boolean }): Tenant {
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
    owners: new Memberships(),
    groupSchedules: new Registry(),
    servicePrincipals: new Registry(),
    devices: new Registry(),
    managementGroups,
    subscriptions: new Registry(),
    assignments: new ScopedIndex(),
    eligibilities: new ScopedIndex(),
    denyAssignments: new Registry(),
    delegations: new Registry(),
    activity: [],
    customRoles: new Registry(),
    consents: [],
    appRoles: new Map(),
    appAssignments: new Map(),
    pageSizes: { assignments: 1_000, instances: 1_000, subscriptions: 1_000, users: 999, members: 999 },
    throttling: { arm: false, graph: false },
    powerless: 'forbidden',
    mixedRoleIds: false,
    lagging: new Map(),
    audits: [],
    logDelays: { ...LOG_DELAYS },
    sequence: 0,
  }
}

type UserFacts = Pick<User, 'id' | 'displayName' | 'userPrincipalName'> & Partial<User>

/** Shared by all who have none of their own, because hundreds of thousands of empty lists take megabytes. */
const EMPTY_LIST: never[] = []
const NO_TRAITS = Object.freeze({})

/** Adds a person: an enabled member, unless the facts say otherwise. */
export function addUser(tenant: Tenant, random: Random, facts: UserFacts): User {
  const created = timeBefore(random, 1_500)
  const user: User = {
    givenName: facts.givenName ?? facts.displayName.split(' ')[0] ?? null,
    surname: facts.surname ?? (facts.displayName.split(' ').slice(1).join(' ') || null),
    mail: facts.userPrincipalName,
    otherMails: EMPTY_LIST,
    jobTitle: null,
    department: null,
    officeLocation: null,
    mobilePhone: null,
    businessPhones: EMPTY_LIST,
    preferredLanguage: null,
    accountEnabled: true,
    userType: 'Member',
    externalUserState: null,
    externalUserStateChangeDateTime: null,
    createdDateTime: created,
    deletedDateTime: null,
    lastSignInDateTime: null,
    directoryRoles: EMPTY_LIST,
    home: null,
    tokensValidFrom: 0,
    changedAt: ++tenant.sequence,
    traits: NO_TRAITS,
    account: null,
    identityParentId: null,
    ...facts,
  }
  return tenant.users.add(user)
}

/** Must be called after a person was changed in place, for look-ups by name and for delta queries. */
export function markUserChanged(tenant: Tenant, user: User): void {
  user.changedAt = ++tenant.sequence
  tenant.users.markChanged()
}

/** Deletes a person, into the recycle bin or permanently. Their memberships and ownerships are removed, their assignments stay. */
export function deleteUser(tenant: Tenant, user: User, deletedDateTime: string, permanently = false): void {
  tenant.users.delete(user.id)
  if (permanently) forgetGroupAccess(tenant, user.id)
  else suspendGroupAccess(tenant, user.id)
  user.deletedDateTime = deletedDateTime
  user.changedAt = ++tenant.sequence
  if (permanently) tenant.purgedUsers.set(user.id, user.changedAt)
  else tenant.deletedUsers.add(user)
}

/** Where the directory has a guest's own address: in `mail`, in `otherMails` alone, or only within the user principal name. */
export const GUEST_ADDRESSES = ['mail', 'otherMails', 'userPrincipalName'] as const

/** What makes a person a guest: the guest's own address, written as Entra does: name_domain#EXT#@tenant. */
export function guestFacts(
  random: Random,
  tenant: Tenant,
  address: string,
  accepted: boolean,
  place: (typeof GUEST_ADDRESSES)[number] = 'mail',
): Partial<User> & { userPrincipalName: string } {
  return {
    userPrincipalName: `${address.replace('@', '_')}#EXT#@${tenant.domain}`,
    mail: place === 'mail' ? address : null,
    ...(place === 'otherMails' ? { otherMails: [address] } : {}),
    userType: 'Guest',
    externalUserState: accepted ? 'Accepted' : 'PendingAcceptance',
    externalUserStateChangeDateTime: timeBefore(random, 300),
  }
}

/** The guest user that stands for another tenant's account in this tenant. */
export function findGuest(tenant: Tenant, home: { tenantId: string; objectId: string }): User | undefined {
  return tenant.users
    .indexBy('home', (one) => one.home && `${one.home.tenantId}/${one.home.objectId}`)
    .get(`${home.tenantId}/${home.objectId}`)
}

/** Adds a security group without members. */
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

/** The tenant that Microsoft's own applications belong to (Microsoft Learn, "Verify first-party Microsoft applications"). */
export const MICROSOFT_SERVICES = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** Adds a service principal: one of an application of this tenant, unless the facts say otherwise. */
export function addServicePrincipal(
  tenant: Tenant,
  facts: Pick<ServicePrincipal, 'id' | 'appId' | 'displayName'> & Partial<ServicePrincipal>,
): ServicePrincipal {
  return tenant.servicePrincipals.add({
    servicePrincipalType: 'Application',
    accountEnabled: true,
    appOwnerOrganizationId: facts.servicePrincipalType === 'ManagedIdentity' ? null : tenant.id,
    alternativeNames: EMPTY_LIST,
    createdDateTime: '2024-03-12T10:00:00Z',
    agentIdentityBlueprintId: null,
    ...facts,
  })
}

/** The principal type of a person or an agent with an account, and of a service principal, as ARM names it. */
export const userTypeOf = ({ identityParentId }: User) => (identityParentId === null ? 'User' : 'AgentUser')
export const serviceTypeOf = ({ agentIdentityBlueprintId }: ServicePrincipal) =>
  agentIdentityBlueprintId === null ? 'ServicePrincipal' : 'AgentServicePrincipal'

/** Adds a subscription: enabled and directly below the root management group, unless the facts say otherwise. */
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

/** Adds an assignment; `role` is the name or the id of a role. */
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

/** Adds an eligibility, which has no end unless one is given. */
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
  const service = tenant.servicePrincipals.get(id)
  if (service) return serviceTypeOf(service)
  const user = tenant.users.get(id)
  return user ? userTypeOf(user) : 'User'
}

/** The id of a role that is named by id or name, built-in or custom. Throws on an unknown one. */
function roleIdIn(tenant: Tenant, role: string): string {
  const id = role.toLowerCase()
  if (BUILT_IN_ROLES.has(id) || tenant.customRoles.has(id)) return id
  return tenant.customRoles.indexBy('name', (one) => one.name).get(id)?.id ?? roleIdOf(role)
}

const DAY_MS = 86_400_000
/** All made times are before this moment. It is fixed, so that the same seed gives the same times. */
const EPOCH_MS = Date.UTC(2026, 0, 15, 9, 0, 0)

/** Draws a time within the days before `EPOCH_MS`, with Azure's seven decimals if asked for. */
export function timeBefore(random: Random, days: number, decimals: 0 | 7 = 0): string {
  const at = new Date(EPOCH_MS - Math.floor(random.next() * days * DAY_MS)).toISOString()
  if (decimals === 0) return `${at.slice(0, 19)}Z`
  return `${at.slice(0, 19)}.${String(random.below(10_000_000)).padStart(7, '0')}Z`
}

/** A time (ms) as Azure Resource Manager writes it, with seven decimals. */
export function armTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}0000Z`
}

/** A time (ms) as Microsoft Graph writes it, in whole seconds. */
export function graphTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
