import { createHash } from 'node:crypto'
import { CONTOSO_APPLICATION, CONTOSO_SUBSCRIPTIONS as IDS } from './demo-ids'
import { addGroupSchedule } from './group-schedules'
import { createRandom, type Random } from './random'
import { managementGroupScope } from './scopes'
import {
  addAssignment,
  addEligibility,
  addGroup,
  addServicePrincipal,
  armTime,
  graphTime,
  MICROSOFT_SERVICES,
  markUserChanged,
} from './tenant'
import { EVERYONE, type Tenant } from './types'
import type { World } from './world'

/**
 * Adds what the licence P2 shows: eligible and activated roles and access that ends; and a deny assignment, sign-in
 * activity, and an application that reads everything. Ends are counted from now, so that they are in the future.
 */
export function addDemoPrivileged(world: World, tenant: Tenant, random: Random): void {
  const now = world.now()
  tenant.licence = 'p2'
  tenant.devices.add({
    id: random.guid(),
    displayName: 'LAPTOP-ADA',
    deviceId: random.guid(),
    accountEnabled: true,
  })
  addPrivileged(tenant, random, now)
  addJustInTimeGroup(tenant, now)
  addDeny(tenant, random)
  addApplication(world, tenant, random)
  addSignIns(tenant, now)
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const PRODUCTION = `/subscriptions/${IDS.production}`

/** Eligibilities: scope, role, holder (a local part or a @group), and days until the end, null for none. */
const ELIGIBLE: [scope: string, role: string, who: string, days: number | null][] = [
  [PRODUCTION, 'Owner', '@Kubernetes Operators', null],
  [PRODUCTION, 'Contributor', 'zofia', 180],
  [PRODUCTION, 'User Access Administrator', 'chidi', 90],
  [managementGroupScope('contoso'), 'Security Admin', '@Security Team', null],
  [managementGroupScope('contoso-prod'), 'Contributor', 'efua', 365],
  [`${PRODUCTION}/resourceGroups/rg-data`, 'Storage Blob Data Owner', 'priya', 30],
]

/** Adds eligible roles, one of them activated for some hours, and a standing role that ends in three weeks. */
function addPrivileged(tenant: Tenant, random: Random, now: number): void {
  for (const [scope, role, who, days] of ELIGIBLE) {
    const endDateTime = days === null ? null : armTime(now + days * DAY_MS)
    addEligibility(tenant, random, { principalId: principalOf(tenant, who), role, scope, endDateTime })
  }
  const efua = principalOf(tenant, 'efua')
  const [eligibility] = tenant.eligibilities.ofPrincipal(efua)
  addAssignment(tenant, random, {
    principalId: efua,
    role: 'Contributor',
    scope: managementGroupScope('contoso-prod'),
    schedule: {
      assignmentType: 'Activated',
      startDateTime: armTime(now - HOUR_MS),
      endDateTime: armTime(now + 7 * HOUR_MS),
      eligibilityId: eligibility?.id ?? null,
    },
  })
  addAssignment(tenant, random, {
    principalId: principalOf(tenant, 'samuel_tailspin.example#ext#'),
    role: 'Reader',
    scope: `${PRODUCTION}/resourceGroups/rg-network`,
    schedule: {
      assignmentType: 'Assigned',
      startDateTime: armTime(now - 9 * DAY_MS),
      endDateTime: armTime(now + 21 * DAY_MS),
      eligibilityId: null,
    },
  })
}

/** Adds a group as it is made for just-in-time access: it holds a strong role and is empty, and two people can enter it. */
function addJustInTimeGroup(tenant: Tenant, now: number): void {
  const random = createRandom('contoso/just in time')
  const { id: groupId } = addGroup(tenant, {
    id: random.guid(),
    displayName: 'Production Break Glass',
    description: 'Empty. Its members activate their membership for some hours.',
    isAssignableToRole: true,
  })
  addAssignment(tenant, random, { principalId: groupId, role: 'Owner', scope: PRODUCTION })
  tenant.owners.add(groupId, principalOf(tenant, 'efua'))
  for (const [who, days] of [
    ['dmitri', null],
    ['tendai', 90],
  ] as const)
    addGroupSchedule(tenant, random, {
      kind: 'eligible',
      groupId,
      principalId: principalOf(tenant, who),
      startDateTime: graphTime(now - DAY_MS),
      endDateTime: days === null ? null : graphTime(now + days * DAY_MS),
    })
}

function principalOf(tenant: Tenant, who: string): string {
  const found = who.startsWith('@')
    ? tenant.groups.indexBy('name', (one) => one.displayName).get(who.slice(1).toLowerCase())
    : tenant.users.indexBy('name', (one) => one.userPrincipalName).get(`${who}@${tenant.domain}`)
  if (!found) throw new Error(`The demo names ${who}, who does not exist.`)
  return found.id
}

/** Adds a deny assignment as a deployment stack makes it: nobody else may delete in its resource group. */
function addDeny(tenant: Tenant, random: Random): void {
  tenant.denyAssignments.add({
    id: random.guid(),
    name: 'Deny deletion of managed network resources',
    description: 'Created by a deployment stack.',
    permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
    scope: `${PRODUCTION}/resourceGroups/rg-network`,
    doNotApplyToChildScopes: false,
    principals: [EVERYONE],
    excludePrincipals: [{ id: principalOf(tenant, 'nnamdi'), type: 'User' }],
    isSystemProtected: true,
    createdOn: '2025-10-02T07:45:11.4204918Z',
  })
}

/** Adds the application that a visitor can use with command lines and SDKs: it reads all of Contoso and its directory. */
function addApplication(world: World, tenant: Tenant, random: Random): void {
  const { clientId, secret, name } = CONTOSO_APPLICATION
  world.applications.set(clientId, {
    clientId,
    name,
    secrets: [{ value: secret, expired: false }],
    redirectUris: [],
    registeredScopes: [],
    homeTenantId: tenant.id,
    publicClient: false,
    preauthorized: false,
  })
  const principal = addServicePrincipal(tenant, { id: random.guid(), appId: clientId, displayName: name })
  tenant.appRoles.set(
    clientId,
    new Set([
      'graph/User.Read.All',
      'graph/GroupMember.Read.All',
      'graph/Application.Read.All',
      'graph/Directory.Read.All',
    ]),
  )
  addAssignment(tenant, random, { principalId: principal.id, role: 'Reader', scope: managementGroupScope(tenant.id) })
  addServicePrincipal(tenant, {
    id: random.guid(),
    appId: '7c33bfcb-8d33-48d6-8e60-dc6404003489',
    displayName: 'Network Watcher',
    appOwnerOrganizationId: MICROSOFT_SERVICES,
  })
}

function addSignIns(tenant: Tenant, now: number): void {
  for (const user of tenant.users.list()) {
    // Some people have never signed in, the others within half a year; a hash decides, so that it is always the same ones.
    const dice = createHash('sha256').update(user.id).digest().readUInt16LE(0)
    if (dice % 9 === 0 || user.externalUserState === 'PendingAcceptance') continue
    user.lastSignInDateTime = graphTime(now - (dice % 180) * DAY_MS)
    markUserChanged(tenant, user)
  }
}
