import { addGroup } from './build'
import { countOf } from './count-of'
import { flatString } from './flat-string'
import type { Random } from './random'
import type { GroupsSpec } from './tenant-spec'
import type { Tenant } from './types'

/** Different people, as many as asked for; a run of neighbours when it is more than half of everybody. */
function draw(random: Random, people: readonly string[], wanted: number): Set<string> {
  const drawn = new Set<string>()
  if (wanted * 2 > people.length) {
    const start = people.length > 0 ? random.below(people.length) : 0
    for (let index = 0; index < wanted; index++) drawn.add(people[(start + index) % people.length] ?? '')
  } else {
    while (drawn.size < wanted) drawn.add(random.pick(people))
  }
  return drawn
}

/** A plain number of groups: five draws of people each, every third group holding the one before it. */
function addTeams(tenant: Tenant, random: Random, count: number, people: readonly string[]): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const { id } = addGroup(tenant, { id: random.guid(), displayName: flatString(`Team ${index + 1}`) })
    for (let turn = 0; turn < 5 && people.length > 0; turn++) tenant.memberships.add(id, random.pick(people))
    const before = ids.at(-1)
    if (index % 3 === 2 && before) tenant.memberships.add(id, before)
    ids.push(id)
  }
  return ids
}

/** Closes the first chains of nested groups into rings: the lowest group holds the highest. */
function closeRings(tenant: Tenant, ids: string[], depth: number, cycles: number): void {
  const length = Math.max(2, depth + 1)
  for (let ring = 0; ring < Math.min(cycles, Math.floor(ids.length / length)); ring++) {
    const [lowest, highest] = [ids[ring * length] ?? '', ids[(ring + 1) * length - 1] ?? '']
    tenant.memberships.add(lowest, highest)
    if (depth === 0) tenant.memberships.add(highest, lowest)
  }
}

/** The groups of a made tenant; gives their ids. */
export function addGroups(
  tenant: Tenant,
  random: Random,
  spec: number | GroupsSpec,
  people: readonly string[],
): string[] {
  if (typeof spec === 'number') return addTeams(tenant, random, spec, people)
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
    const drawn = sizes.min + random.below(sizes.max - sizes.min + 1)
    for (const member of draw(random, people, index === 0 ? Math.max(largest, drawn) : drawn))
      tenant.memberships.add(id, member)
    const before = ids.at(-1)
    if (before && index % (depth + 1) > 0) tenant.memberships.add(id, before)
    ids.push(id)
  }
  closeRings(tenant, ids, depth, cycles)
  return ids
}
