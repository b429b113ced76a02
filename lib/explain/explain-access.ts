import type { PersonAccess } from '@/db/queries/get-person-access'
import type { AssignmentKind, Privilege, ScopeLevel } from '@/lib/domain/vocabulary'
import { type CutsKnown, type Denial, denialsOf } from './denials-of'
import { type Hop, membershipsAbove } from './memberships-above'
import { simplePaths } from './simple-paths'

type Grant = PersonAccess['grants'][number]

/** Most ways told of one role at one scope: beyond this nobody reads on, and circular nesting has no end of them. */
export const MOST_PATHS = 100

/** One way to a role: the groups from the person outward, the last one holding the grant; none when held directly. */
export type Path = { groups: Hop[]; grant: Grant }

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
  /** Whether there are more ways than are told. */
  truncated: boolean
  denials: Denial[]
}

const STRENGTH: readonly Privilege[] = ['grants_access', 'writes', 'writes_data', 'reads_data', 'reads']
const KINDS: readonly AssignmentKind[] = ['active', 'activated', 'eligible']
const LEVELS: readonly ScopeLevel[] = ['root', 'management_group', 'subscription', 'resource_group', 'resource']

/**
 * What a person holds or could activate in a subscription, one entry for each role, scope and kind, strongest first, with
 * every way that leads to it up to {@link MOST_PATHS}, shortest first, and each grant's shortest way among them. A grant of
 * a group that nothing given leads to is left out: it is not this person's.
 */
export function explainAccess(access: PersonAccess): RoleAccess[] {
  const above = membershipsAbove(access)
  const ways = new Map<string, Hop[][]>()
  const waysTo = (holder: string) => {
    const known = ways.get(holder) ?? firstOf(simplePaths(above, access.person.id, holder), MOST_PATHS + 1)
    ways.set(holder, known)
    return known
  }

  const grants = Map.groupBy(
    access.grants.filter((grant) => waysTo(grant.principalId).length > 0),
    ({ roleId, scope, kind }) => `${roleId} ${scope.toLowerCase()} ${kind}`,
  )
  const known: CutsKnown = new Map()
  return [...grants.values()]
    .flatMap((alike) => {
      const paths = inTurn(alike.map((grant) => toPaths(waysTo(grant.principalId), grant)))
      return alike.slice(0, 1).map((first) => roleAccess(access, first, paths, known))
    })
    .sort(byStrength)
}

function roleAccess(access: PersonAccess, grant: Grant, paths: Path[], known: CutsKnown): RoleAccess {
  const { roleId, roleName, privilege, custom, scope, level, kind } = grant
  return {
    ...{ roleId, roleName, privilege, custom, scope, level, kind },
    paths: paths.slice(0, MOST_PATHS).sort((a, b) => a.groups.length - b.groups.length),
    truncated: paths.length > MOST_PATHS,
    denials: denialsOf(access, grant, known),
  }
}

const toPaths = (ways: Hop[][], grant: Grant): Path[] => ways.map((groups) => ({ groups, grant }))

/** The first of each list, then the second of each: what is cut off at the end is then never all of one list. */
function inTurn(lists: Path[][]): Path[] {
  const longest = Math.max(...lists.map((list) => list.length))
  return Array.from({ length: Math.min(longest, MOST_PATHS + 1) }).flatMap((_, turn) =>
    lists.flatMap((list) => list[turn] ?? []),
  )
}

function firstOf<Item>(items: Iterable<Item>, most: number): Item[] {
  const found: Item[] = []
  for (const item of items) {
    found.push(item)
    if (found.length === most) break
  }
  return found
}

function byStrength(a: RoleAccess, b: RoleAccess): number {
  const strength = ({ privilege }: RoleAccess) => (privilege ? STRENGTH.indexOf(privilege) : STRENGTH.length)
  return (
    strength(a) - strength(b) ||
    (a.roleName ?? a.roleId).localeCompare(b.roleName ?? b.roleId, 'en') ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
    a.scope.localeCompare(b.scope, 'en')
  )
}
