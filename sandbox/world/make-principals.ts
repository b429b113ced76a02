import { FAMILY_NAMES, flatString, GIVEN_NAMES, type Random } from './random'
import {
  addGroup,
  addServicePrincipal,
  addUser,
  deleteUser,
  GUEST_ADDRESSES,
  guestFacts,
  MICROSOFT_SERVICES,
  timeBefore,
} from './tenant'
import { countOf, type GroupsSpec, type TenantSpec } from './tenant-spec'
import type { Tenant } from './types'

const POOL = 512 // how many different times there are; hundreds of thousands of people share them to save memory

/** Adds the people of a made tenant, guests first, then the disabled, and returns their ids. */
export function addPeople(tenant: Tenant, random: Random, spec: TenantSpec): string[] {
  const { people = 20, signIns = 0 } = spec
  const guests = countOf(spec.guests, people)
  const disabled = countOf(spec.disabled, people)
  const drawName = createNameSource()
  const created = Array.from({ length: Math.min(POOL, people) }, () => timeBefore(random, 1_500))
  const signedIn = Array.from({ length: signIns > 0 ? POOL : 0 }, () => timeBefore(random, 90))
  const ids: string[] = []
  for (let index = 0; index < people; index++) {
    const name = drawName(random)
    const address =
      index < guests
        ? guestFacts(random, tenant, `guest${index}@elsewhere.example`, index % 2 === 0, placeOf(index))
        : { userPrincipalName: flatString(`person${index}@${tenant.domain}`) }
    const user = addUser(tenant, random, {
      ...name,
      ...address,
      id: random.guid(),
      createdDateTime: random.pick(created),
      accountEnabled: !(index >= guests && index < guests + disabled),
      lastSignInDateTime: signIns > 0 && random.next() < signIns ? random.pick(signedIn) : null,
    })
    ids.push(user.id)
  }
  return ids
}

const placeOf = (index: number) => GUEST_ADDRESSES[index % GUEST_ADDRESSES.length]

/** Creates a source of names. The same combination is always the same string, to save memory. */
function createNameSource(): (random: Random) => { displayName: string; givenName: string; surname: string } {
  const known = new Map<string, Map<string, string>>(GIVEN_NAMES.map((name) => [name, new Map()]))
  return (random) => {
    const [givenName, surname] = [random.pick(GIVEN_NAMES), random.pick(FAMILY_NAMES)]
    const family = known.get(givenName) ?? new Map<string, string>()
    const displayName = family.get(surname) ?? flatString(`${givenName} ${surname}`)
    family.set(surname, displayName)
    return { displayName, givenName, surname }
  }
}

/** Adds deleted people. Every second one is also purged from the recycle bin, so that only assignments still mention them. */
export function addDeleted(tenant: Tenant, random: Random, count: number): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: `Former Colleague ${index + 1}`,
      userPrincipalName: flatString(`former${index}@${tenant.domain}`),
    })
    deleteUser(tenant, user, '2026-01-10T12:00:00Z', index % 2 === 1)
    ids.push(user.id)
  }
  return ids
}

/** Adds the groups of a made tenant and returns their ids. */
export function addGroups(
  tenant: Tenant,
  random: Random,
  spec: number | GroupsSpec,
  people: readonly string[],
): string[] {
  if (typeof spec === 'number') return addPlainGroups(tenant, random, spec, people)
  const { cycles = 0, largest = 0 } = spec
  const depth = Math.min(spec.depth ?? 0, Math.max(0, spec.count - 1))
  const each = Math.min(spec.size ?? 5, people.length)
  const sizes = spec.sizes ?? { min: each, max: each }
  const roleAssignable = countOf(spec.roleAssignable, spec.count)
  const ids: string[] = []
  for (let index = 0; index < spec.count; index++) {
    const id = random.guid()
    const displayName = flatString(`Team ${index + 1}`)
    addGroup(tenant, { id, displayName, isAssignableToRole: index < roleAssignable })
    const size = sizes.min + random.below(sizes.max - sizes.min + 1)
    for (const member of drawPeople(random, people, index === 0 ? Math.max(largest, size) : size))
      tenant.memberships.add(id, member)
    const before = ids.at(-1)
    if (before && index % (depth + 1) > 0) tenant.memberships.add(id, before)
    ids.push(id)
  }
  closeRings(tenant, ids, depth, cycles)
  return ids
}

/** Adds this many groups, with five random members each (the same person may be drawn twice); every third group contains the one before it. */
function addPlainGroups(tenant: Tenant, random: Random, count: number, people: readonly string[]): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const { id } = addGroup(tenant, { id: random.guid(), displayName: flatString(`Team ${index + 1}`) })
    for (let member = 0; member < 5 && people.length > 0; member++) tenant.memberships.add(id, random.pick(people))
    const before = ids.at(-1)
    if (index % 3 === 2 && before) tenant.memberships.add(id, before)
    ids.push(id)
  }
  return ids
}

/** Draws different people; when more than half of all are wanted, neighbours in the list, which needs no retries. */
function drawPeople(random: Random, people: readonly string[], wanted: number): Set<string> {
  const drawn = new Set<string>()
  if (wanted * 2 > people.length) {
    const start = people.length > 0 ? random.below(people.length) : 0
    for (let index = 0; index < wanted; index++) drawn.add(people[(start + index) % people.length] ?? '')
  } else {
    while (drawn.size < wanted) drawn.add(random.pick(people))
  }
  return drawn
}

/** Closes the first chains of nested groups into rings: the lowest group contains the highest. */
function closeRings(tenant: Tenant, ids: string[], depth: number, cycles: number): void {
  const length = Math.max(2, depth + 1)
  for (let ring = 0; ring < Math.min(cycles, Math.floor(ids.length / length)); ring++) {
    const [lowest, highest] = [ids[ring * length] ?? '', ids[(ring + 1) * length - 1] ?? '']
    tenant.memberships.add(lowest, highest)
    if (depth === 0) tenant.memberships.add(highest, lowest)
  }
}

/** Adds service principals, alternating: an application of the tenant, a managed identity, an application, one of Microsoft's. */
export function addWorkloads(tenant: Tenant, random: Random, count: number): string[] {
  const [subscriptionId] = tenant.subscriptions.keys()
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const name = flatString(`workload-${index + 1}`)
    const isManaged = index % 4 === 1
    const { id } = addServicePrincipal(tenant, {
      id: random.guid(),
      appId: random.guid(),
      displayName: name,
      servicePrincipalType: isManaged ? 'ManagedIdentity' : 'Application',
      ...(index % 4 === 3 ? { appOwnerOrganizationId: MICROSOFT_SERVICES } : {}),
      ...(isManaged && subscriptionId
        ? {
            alternativeNames: [
              'isExplicit=True',
              `/subscriptions/${subscriptionId}/resourcegroups/rg-0/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
            ],
          }
        : {}),
    })
    ids.push(id)
  }
  return ids
}

/**
 * Adds this many agents of each kind: identities of agents, all from one blueprint, and for each of them an account of its own.
 * Returns their ids. Source: Microsoft Graph "agentIdentity resource type", "agentUser resource type".
 */
export function addAgentIdentities(
  tenant: Tenant,
  random: Random,
  count: number,
): { users: string[]; services: string[] } {
  const made = { users: [] as string[], services: [] as string[] }
  const agentIdentityBlueprintId = random.guid()
  for (let index = 1; index <= count; index++) {
    const { id: identityParentId } = addServicePrincipal(tenant, {
      id: random.guid(),
      appId: random.guid(),
      displayName: flatString(`agent-${index}`),
      servicePrincipalType: 'ServiceIdentity',
      agentIdentityBlueprintId,
    })
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: flatString(`Agent ${index}`),
      userPrincipalName: flatString(`agent${index}@${tenant.domain}`),
      mail: null,
      identityParentId,
    })
    made.services.push(identityParentId)
    made.users.push(user.id)
  }
  return made
}

/** Adds devices and returns their object ids. */
export function addDevices(tenant: Tenant, random: Random, count: number): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const id = random.guid()
    tenant.devices.add({
      id,
      displayName: flatString(`LAPTOP-${String(index + 1).padStart(4, '0')}`),
      deviceId: random.guid(),
      accountEnabled: index % 10 !== 9,
    })
    ids.push(id)
  }
  return ids
}
