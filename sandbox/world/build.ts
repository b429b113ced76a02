import type { Random } from './random'
import { BUILT_IN_ROLES, roleIdOf } from './roles'
import type { Assignment, PrincipalType, Subscription, Tenant, User } from './types'

const DAY_MS = 86_400_000
/** The moment worlds are made at: fixed, so that the same seed gives the same times. */
const EPOCH_MS = Date.UTC(2026, 0, 15, 9, 0, 0)

/** A time some days before the world's beginning, with Azure's seven decimals when asked. */
export function timeBefore(random: Random, days: number, decimals: 0 | 7 = 0): string {
  const at = new Date(EPOCH_MS - Math.floor(random.next() * days * DAY_MS)).toISOString()
  if (decimals === 0) return `${at.slice(0, 19)}Z`
  return `${at.slice(0, 19)}.${String(random.below(10_000_000)).padStart(7, '0')}Z`
}

/** A tenant with its root management group and nothing else. */
export function emptyTenant(facts: { id: string; name: string; domain: string; demo: boolean }): Tenant {
  return {
    ...facts,
    premium: false,
    users: new Map(),
    deletedUsers: new Map(),
    groups: new Map(),
    servicePrincipals: new Map(),
    managementGroups: new Map([[facts.id, { id: facts.id, displayName: 'Tenant Root Group', parentId: null }]]),
    subscriptions: new Map(),
    assignments: new Map(),
    customRoles: new Map(),
    consents: [],
    pageSizes: { assignments: 1_000, subscriptions: 1_000, users: 999 },
    powerless: 'forbidden',
    version: 1,
  }
}

type UserFacts = Pick<User, 'id' | 'displayName' | 'userPrincipalName'> & Partial<User>

/** Adds a member in good standing; every fact may be given otherwise. */
export function addUser(tenant: Tenant, random: Random, facts: UserFacts): User {
  const created = timeBefore(random, 1_500)
  const user: User = {
    givenName: facts.displayName.split(' ')[0] ?? null,
    surname: facts.displayName.split(' ').slice(1).join(' ') || null,
    mail: facts.userPrincipalName,
    jobTitle: null,
    department: null,
    officeLocation: null,
    mobilePhone: null,
    businessPhones: [],
    preferredLanguage: null,
    accountEnabled: true,
    userType: 'Member',
    externalUserState: null,
    externalUserStateChangeDateTime: null,
    createdDateTime: created,
    deletedDateTime: null,
    directoryRoles: [],
    home: null,
    tokensValidFrom: 0,
    traits: {},
    account: null,
    ...facts,
  }
  tenant.users.set(user.id, user)
  return user
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
    note: '',
    ...facts,
  }
  tenant.subscriptions.set(subscription.id, subscription)
  return subscription
}

type AssignmentFacts = {
  principalId: string
  role: string
  scope: string
  principalType?: PrincipalType
} & Partial<Assignment>

function principalTypeOf(tenant: Tenant, id: string): PrincipalType {
  if (tenant.groups.has(id)) return 'Group'
  return tenant.servicePrincipals.has(id) ? 'ServicePrincipal' : 'User'
}

/** Adds an assignment; `role` is a built-in role's name, or the id of any role. */
export function addAssignment(tenant: Tenant, random: Random, { role, ...facts }: AssignmentFacts): Assignment {
  const id = random.guid()
  const isId = BUILT_IN_ROLES.has(role.toLowerCase()) || tenant.customRoles.has(role.toLowerCase())
  const custom = [...tenant.customRoles.values()].find((one) => one.name === role)
  const assignment: Assignment = {
    id,
    roleId: isId ? role.toLowerCase() : (custom?.id ?? roleIdOf(role)),
    principalType: principalTypeOf(tenant, facts.principalId),
    condition: null,
    description: null,
    createdOn: timeBefore(random, 900, 7),
    createdBy: null,
    ...facts,
  }
  tenant.assignments.set(assignment.id, assignment)
  tenant.version++
  return assignment
}
