import type { PersonAccess } from './access'
import { type Denial, findDenials, type KnownCuts } from './denials'
import { earliestOf, latestOf } from './moments'
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  type Privilege,
  rankOf,
  SCOPE_LEVELS,
  type ScopeLevel,
  strengthOf,
  weakestKind,
} from './vocabulary'

type Grant = PersonAccess['grants'][number]

/** One membership on the way from a person up: the group, and since when it is known. */
export type Hop = {
  id: string
  /** Null for a flat group: the person is in it somehow, the groups between are not known. */
  since: Date | null
  membership: AssignmentKind
  /** When an activated membership ends, or one that can be activated. */
  endsAt: Date | null
  /** When the membership was read last, if that was before this result. */
  readAt: Date | null
}

/** One way to a role: the groups from the person outward, the last one holding the grant; none when held directly. */
export type Path = {
  groups: Hop[]
  grant: Grant
  /** When the first of its steps ends; null when none does. */
  endsAt: Date | null
  /** When the step that was read longest ago was read, if any was read before this result. */
  readAt: Date | null
}

/** A role at a scope of one kind, by all the ways that lead to it. */
export type RoleAccess = {
  roleId: string
  roleName: string | null
  privilege: Privilege | null
  custom: boolean
  scope: string
  level: ScopeLevel
  kind: AssignmentKind
  paths: Path[]
  /** Whether there are more ways than `paths` has. */
  truncated: boolean
  /** When it was read last, if none of the ways was read with this result. */
  unreadSince: Date | null
  denials: Denial[]
}

/** Most ways listed of one role at one scope: nobody reads on beyond this, and circular nesting can make very many. */
export const MOST_PATHS = 100

/**
 * What a person holds or could activate in a subscription, one entry for each role, scope and kind, strongest first, with
 * every way that leads to it up to {@link MOST_PATHS}, shortest first, and each grant's shortest way among them. A grant of
 * a group that no membership leads to is left out: it is not this person's.
 */
export function explainAccess(access: PersonAccess): RoleAccess[] {
  const above = membershipsAbove(access)
  const ways = new Map<string, Hop[][]>()
  const waysTo = (holder: string) => {
    const known = ways.get(holder) ?? takeFirst(simplePaths(above, access.person.id, holder), MOST_PATHS + 1)
    ways.set(holder, known)
    return known
  }

  const found = access.grants.flatMap((grant) => {
    const ways = Map.groupBy(waysTo(grant.principalId), (groups) =>
      weakestKind(grant.kind, ...groups.map(({ membership }) => membership)),
    )
    const isCut = waysTo(grant.principalId).length > MOST_PATHS
    return [...ways].map(([kind, some]) => ({ grant, kind, isCut, paths: some.map((groups) => toPath(groups, grant)) }))
  })
  const alike = Map.groupBy(found, ({ grant, kind }) => `${grant.roleId} ${grant.scope.toLowerCase()} ${kind}`)
  const known: KnownCuts = new Map()
  return [...alike.values()]
    .flatMap((some) => {
      const paths = interleave(some.map((one) => one.paths))
      const isCut = some.some((one) => one.isCut) || paths.length > MOST_PATHS
      return some.slice(0, 1).map(({ grant, kind }) => roleAccess(access, { ...grant, kind }, paths, { isCut, known }))
    })
    .sort(byStrength)
}

function roleAccess(
  access: PersonAccess,
  grant: Grant,
  paths: Path[],
  { isCut, known }: { isCut: boolean; known: KnownCuts },
): RoleAccess {
  const { roleId, roleName, privilege, custom, scope, level, kind } = grant
  return {
    ...{ roleId, roleName, privilege, custom, scope, level, kind },
    paths: paths.slice(0, MOST_PATHS).sort((a, b) => a.groups.length - b.groups.length),
    truncated: isCut,
    unreadSince: paths.some(({ readAt }) => readAt === null) ? null : latestOf(...paths.map(({ readAt }) => readAt)),
    denials: findDenials(access, grant, known),
  }
}

const toPath = (groups: Hop[], grant: Grant): Path => ({
  groups,
  grant,
  endsAt: earliestOf(grant.endsAt, ...groups.map(({ endsAt }) => endsAt)),
  readAt: earliestOf(grant.readAt, ...groups.map(({ readAt }) => readAt)),
})

/** The first of each list, then the second of each: when the end is cut off, every list still has some of its paths. */
function interleave(lists: Path[][]): Path[] {
  const longest = Math.max(...lists.map((list) => list.length))
  return Array.from({ length: Math.min(longest, MOST_PATHS + 1) }).flatMap((_, at) =>
    lists.flatMap((list) => list[at] ?? []),
  )
}

/** The generator finds paths one by one and could go on for very long, so it is read only as far as needed. */
function takeFirst<Item>(items: Iterable<Item>, most: number): Item[] {
  const found: Item[] = []
  for (const item of items) {
    found.push(item)
    if (found.length === most) break
  }
  return found
}

function byStrength(a: RoleAccess, b: RoleAccess): number {
  return (
    strengthOf(a.privilege) - strengthOf(b.privilege) ||
    (a.roleName ?? a.roleId).localeCompare(b.roleName ?? b.roleId, 'en') ||
    rankOf(ASSIGNMENT_KINDS, a.kind) - rankOf(ASSIGNMENT_KINDS, b.kind) ||
    rankOf(SCOPE_LEVELS, a.level) - rankOf(SCOPE_LEVELS, b.level) ||
    a.scope.localeCompare(b.scope, 'en')
  )
}

type Memberships = Pick<PersonAccess, 'edges' | 'flat' | 'groups'> & { person: { id: string } }
/** By the id of a person or group: the groups they are a direct member of. */
type Above = ReadonlyMap<string, Hop[]>
/** By the id of a group: its direct members. */
type Below = ReadonlyMap<string, string[]>

/**
 * The groups each person or group is a direct member of, once for each kind of membership. Of a flat group the person
 * counts as a direct member.
 */
export function membershipsAbove({ person, edges, flat, groups }: Memberships): Map<string, Hop[]> {
  const above = new Map<string, Map<string, Hop>>()
  const add = (memberId: string, hop: Hop) => {
    const hops = above.get(memberId) ?? new Map<string, Hop>()
    above.set(memberId, hops.set(`${hop.id} ${hop.membership}`, hop))
  }
  for (const { groupId, memberId, ...hop } of edges) if (groupId !== memberId) add(memberId, { id: groupId, ...hop })
  for (const id of flat) {
    const readAt = groups.find((group) => group.id === id)?.readAt ?? null
    add(person.id, { id, since: null, membership: 'active', endsAt: null, readAt })
  }
  return new Map([...above].map(([memberId, hops]) => [memberId, [...hops.values()]]))
}

/**
 * Every way up from one node to another that passes no node twice, a shortest one first. Nesting may be circular. A step
 * is taken only where the end can still be reached, so that each step belongs to a path: those asked for are found in time
 * that grows with their number, not with the number of dead ends.
 */
function simplePaths(above: Above, from: string, to: string): Generator<Hop[]> {
  return continuePaths(above, invert(above), from, to, new Set([from]))
}

function* continuePaths(above: Above, below: Below, at: string, to: string, passed: Set<string>): Generator<Hop[]> {
  if (at === to) {
    yield []
    return
  }
  const steps = stepsTo(below, to, passed)
  const next = (above.get(at) ?? []).filter(({ id }) => steps.has(id))
  for (const hop of next.sort((a, b) => (steps.get(a.id) ?? 0) - (steps.get(b.id) ?? 0))) {
    passed.add(hop.id)
    for (const rest of continuePaths(above, below, hop.id, to, passed)) yield [hop, ...rest]
    passed.delete(hop.id)
  }
}

/** Steps from each node to the end, by ways that avoid the nodes already passed. */
function stepsTo(below: Below, to: string, passed: ReadonlySet<string>): Map<string, number> {
  if (passed.has(to)) return new Map()
  const steps = new Map([[to, 0]])
  for (const [id, far] of steps)
    for (const lower of below.get(id) ?? []) if (!passed.has(lower) && !steps.has(lower)) steps.set(lower, far + 1)
  return steps
}

function invert(above: Above): Below {
  const below = new Map<string, string[]>()
  for (const [memberId, hops] of above)
    for (const { id } of hops) {
      const members = below.get(id)
      if (members) members.push(memberId)
      else below.set(id, [memberId])
    }
  return below
}
