import { addGroupSchedule } from './group-schedules'
import type { Random } from './random'
import { timeBefore } from './tenant'
import type { Tenant } from './types'

type Principals = { groups: readonly string[]; people: readonly string[]; services: readonly string[] }

/** Gives owners to the groups of a made tenant, by turns: a person; nobody; two people; a service principal or a person. */
export function addOwners(tenant: Tenant, random: Random, { groups, people, services }: Principals): void {
  if (people.length === 0) return
  for (const [index, groupId] of groups.entries()) {
    if (index % 4 === 1) continue
    const isByService = index % 4 === 3 && services.length > 0
    tenant.owners.add(groupId, random.pick(isByService ? services : people))
    if (index % 4 === 2) tenant.owners.add(groupId, random.pick(people))
  }
}

/**
 * Adds this many eligible memberships, spread over the groups: three of four are of people and the fourth is of a group, every
 * fifth is an ownership, every second one has an end, and every third is activated unless its principal is a member anyway. The ends are centuries away, because a
 * made tenant is the same whenever it is made. Pairs that are drawn twice are added once.
 */
export function addEligibleMembers(
  tenant: Tenant,
  random: Random,
  count: number,
  { groups, people }: Omit<Principals, 'services'>,
): void {
  const known = new Set<string>()
  for (let index = 0, misses = 0; known.size < count && misses < 50 + count; index++) {
    const groupId = groups[index % groups.length] ?? ''
    const principalId = random.pick(index % 4 === 3 || people.length === 0 ? groups : people)
    const accessId = index % 5 === 4 && people.includes(principalId) ? 'owner' : 'member'
    const pair = [groupId, principalId, accessId].join(' ')
    if (principalId === groupId || known.has(pair)) {
      misses++
      continue
    }
    known.add(pair)
    const facts = { groupId, principalId, accessId, startDateTime: timeBefore(random, 200) } as const
    const endDateTime = index % 2 === 0 ? null : FAR_END
    const { id } = addGroupSchedule(tenant, random, { ...facts, kind: 'eligible', endDateTime })
    // Whoever is a member or an owner already has nothing to activate.
    const kept = accessId === 'member' ? tenant.memberships : tenant.owners
    if (index % 3 === 1 && !kept.membersOf(groupId).has(principalId))
      addGroupSchedule(tenant, random, { ...facts, kind: 'activated', endDateTime: FAR_END, eligibilityId: id })
  }
}

/** Puts a service principal, managed identity or agent into this share of the groups, spread evenly. */
export function addServicesToGroups(
  tenant: Tenant,
  random: Random,
  share: number,
  { groups, services }: Omit<Principals, 'people'>,
): void {
  if (services.length === 0) return
  for (const [index, groupId] of groups.entries())
    if (Math.ceil((index + 1) * share) > Math.ceil(index * share))
      tenant.memberships.add(groupId, random.pick(services))
}

const FAR_END = '2126-06-30T12:00:00Z'
