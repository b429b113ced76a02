import type { Access, Grant, HeldAssignment, Holder, ReadGroup, RoleDefinition, Summarised, Summary } from './access'
import {
  ASSIGNMENT_KINDS,
  type PrincipalKind,
  type PrincipalStatus,
  type RoleCount,
  rankOf,
  SCOPE_LEVELS,
  SIGNALS,
  type Signal,
  strengthOf,
} from './vocabulary'

/** A role through a group with more members than this is worth a look: few people know everyone in it. */
export const LARGE_GROUP = 100

/**
 * Sums up, for lists, everyone and everything that has access. People in the same groups and without assignments of
 * their own share one summary, so that the work grows with the members of groups, not with members times assignments.
 */
export function summariseHolders(access: Omit<Access, 'summarised'>): Summarised {
  const { principals, sizes } = access
  const grants = grantsByPrincipal(access)
  const groups = [...grants.keys()].filter((id) => access.groups.has(id)).sort()
  const throughOf = new Map<string, string[]>()
  for (const groupId of groups) {
    for (const id of reachOf(access.groups, groupId)) {
      const known = throughOf.get(id)
      if (known) known.push(groupId)
      else throughOf.set(id, [groupId])
    }
  }

  const shared = new Map<string, Summary | null>()
  const holdingOf = (own: Grant[], through: string[]): Holding => ({
    own,
    through: through.map((groupId) => ({
      groupId,
      large: (sizes.get(groupId) ?? 0) > LARGE_GROUP,
      grants: grants.get(groupId) ?? [],
    })),
  })
  const summaryOf = (id: string): Summary | null => {
    const through = throughOf.get(id) ?? []
    const own = grants.get(id)
    if (own) return summariseGrants(holdingOf(own, through))
    const key = through.join()
    const known = shared.get(key)
    if (known !== undefined) return known
    const summary = summariseGrants(holdingOf([], through))
    shared.set(key, summary)
    return summary
  }

  const heldByGroups = new Set(groups.flatMap((id) => grants.get(id) ?? []).map(({ identity }) => identity))
  const holders: Holder[] = []
  for (const id of new Set([...grants.keys(), ...throughOf.keys()])) {
    const facts = principals.get(id)
    const summary = summaryOf(id)
    if (!facts || !summary) continue
    const isDoubled = (grants.get(id) ?? []).some(({ identity }) => heldByGroups.has(identity))
    const { kind, status, guest } = facts
    const signals = signalsOf(facts, summary, { isDoubled, eligibleRead: access.eligibleRead })
    holders.push({ principalId: id, kind, status, guest, summary, signals })
  }
  return { holders, signals: countSignals(holders), roleCounts: countRoles(holders) }
}

/** The grants of a subscription, by the principal that the assignment names. */
function grantsByPrincipal({ assignments, roles }: Pick<Access, 'assignments' | 'roles'>): Map<string, Grant[]> {
  const known = new Map(roles.map((role) => [role.id, role]))
  return Map.groupBy(
    assignments.map((assignment) => grantOf(assignment, known.get(assignment.roleId))),
    ({ principalId }) => principalId,
  )
}

function grantOf(assignment: HeldAssignment, role: RoleDefinition | undefined): Grant {
  const { principalId, roleId, scope, scopeLevel, kind, endsAt } = assignment
  return {
    principalId,
    roleId,
    scope,
    level: scopeLevel,
    kind,
    endsAt,
    identity: `${roleId} ${scope.toLowerCase()} ${kind}`,
    strength: strengthOf(role?.privilege ?? null),
    privileged: role?.privileged ?? false,
    customOwner: role?.ownerEquivalent ?? false,
  }
}

/** Grants as somebody has them: their own, and those of the groups they are in. */
type Holding = { own: Grant[]; through: { groupId: string; large: boolean; grants: Grant[] }[] }
type Way = { grant: Grant; groupId: string | null }

/** Sums up a holding; null for one without any grant. */
function summariseGrants({ own, through }: Holding): Summary | null {
  const ways: Way[] = [
    ...own.map((grant) => ({ grant, groupId: null })),
    ...through.flatMap(({ groupId, grants }) => grants.map((grant) => ({ grant, groupId }))),
  ]
  const held = ways.filter(({ grant }) => grant.kind !== 'eligible').sort(byStrength)
  const eligible = ways.filter(({ grant }) => grant.kind === 'eligible').sort(byStrength)
  const shown = held[0] ?? eligible[0]
  if (!shown) return null

  const strongestEligible = eligible[0]?.grant ?? null
  const heldRoles = new Set(held.map(({ grant }) => grant.roleId))
  const eligibleRoles = new Set(eligible.map(({ grant }) => grant.roleId))
  return {
    shown: shown.grant,
    groupId: shown.groupId,
    eligibleBetter:
      strongestEligible && held[0] && strongestEligible.strength < held[0].grant.strength ? strongestEligible : null,
    grants: countDistinct(ways),
    direct: new Set(own.map(({ identity }) => identity)).size,
    eligible: countDistinct(eligible),
    groups: through.length,
    canGrant: ways.some(({ grant }) => grant.strength === strengthOf('grants_access')),
    writes: ways.some(({ grant }) => grant.strength <= strengthOf('writes_data')),
    standingPrivileged: held.some(({ grant }) => grant.kind === 'active' && grant.endsAt === null && grant.privileged),
    large: through.some((group) => group.large),
    customOwner: ways.some(({ grant }) => grant.customOwner),
    heldRoles: [...heldRoles],
    eligibleOnlyRoles: [...eligibleRoles.difference(heldRoles)],
  }
}

const countDistinct = (ways: Way[]) => new Set(ways.map(({ grant }) => grant.identity)).size

/** Strongest first; of equals what is held before what is eligible, wide before narrow, direct before through a group. */
function byStrength(one: Way, other: Way): number {
  return (
    one.grant.strength - other.grant.strength ||
    rankOf(ASSIGNMENT_KINDS, one.grant.kind) - rankOf(ASSIGNMENT_KINDS, other.grant.kind) ||
    rankOf(SCOPE_LEVELS, one.grant.level) - rankOf(SCOPE_LEVELS, other.grant.level) ||
    Number(one.groupId !== null) - Number(other.groupId !== null) ||
    compareText(one.grant.identity, other.grant.identity) ||
    compareText(one.groupId ?? '', other.groupId ?? '')
  )
}

const compareText = (one: string, other: string) => (one < other ? -1 : Number(one > other))

/** Statuses of people who can no longer use a role that is still assigned to them. */
const GONE: readonly PrincipalStatus[] = ['disabled', 'deleted', 'not_found']

type Facts = { kind: PrincipalKind; status: PrincipalStatus; guest: boolean | null; variety: string | null }

/** The signals of one holder, as the bits of a mask. */
function signalsOf(facts: Facts, summary: Summary, also: { isDoubled: boolean; eligibleRead: boolean }): number {
  const { kind, status, guest, variety } = facts
  const isPerson = kind === 'user'
  const shows: Record<Signal, boolean> = {
    can_grant: isPerson && summary.canGrant,
    guest_writes: isPerson && guest === true && summary.writes,
    gone: isPerson && GONE.includes(status),
    standing_privileged: isPerson && also.eligibleRead && summary.standingPrivileged,
    direct_despite_group: isPerson && also.isDoubled,
    large_group: isPerson && summary.large,
    custom_owner: isPerson && summary.customOwner,
    orphan: variety !== 'platform' && status === 'not_found',
  }
  return SIGNALS.reduce((mask, signal, bit) => (shows[signal] ? mask | (1 << bit) : mask), 0)
}

function countSignals(holders: Holder[]): Partial<Record<Signal, number>> {
  const counts: Partial<Record<Signal, number>> = {}
  for (const { signals } of holders) {
    for (const [bit, signal] of SIGNALS.entries()) if (signals & (1 << bit)) counts[signal] = (counts[signal] ?? 0) + 1
  }
  return counts
}

function countRoles(holders: Holder[]): Record<string, RoleCount> {
  const counts: Record<string, RoleCount> = {}
  const of = (roleId: string) => (counts[roleId] ??= { people: 0, others: 0, eligible: 0 })
  for (const { kind, summary } of holders) {
    for (const roleId of summary.heldRoles) of(roleId)[kind === 'user' ? 'people' : 'others'] += 1
    for (const roleId of summary.eligibleOnlyRoles) of(roleId)[kind === 'user' ? 'eligible' : 'others'] += 1
  }
  return counts
}

/** Everyone and everything but groups below a group, at any depth. A group that was not opened leads to nobody. */
export function reachOf(groups: ReadonlyMap<string, ReadGroup>, groupId: string): Set<string> {
  const found = new Set<string>()
  for (const id of nestingOf(groups, groupId).keys()) {
    for (const member of groups.get(id)?.members ?? []) if (member.kind !== 'group') found.add(member.id)
  }
  return found
}

/**
 * The groups inside a group, itself included, each with how many levels it is down: walked level by level, so that the
 * first way found is a shortest one. Circular nesting ends, since a group is entered once.
 */
export function nestingOf(groups: ReadonlyMap<string, ReadGroup>, groupId: string): Map<string, number> {
  const found = new Map([[groupId, 0]])
  // Iterating over a map also visits what is added to it meanwhile.
  for (const [id, depth] of found) {
    for (const member of groups.get(id)?.members ?? [])
      if (member.kind === 'group' && !found.has(member.id)) found.set(member.id, depth + 1)
  }
  return found
}
