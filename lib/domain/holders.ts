import type { AccessOfNode, Grant, Holder, HolderFacts, ReadGroup, Summary } from './access'
import { bitOf } from './combined-holders'
import { earliestOf } from './moments'
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  type PrincipalStatus,
  rankOf,
  SCOPE_LEVELS,
  type ScopeLevel,
  SIGNALS,
  type Signal,
  strengthOf,
  weakestKind,
} from './vocabulary'

/** A role through a group with more members than this is worth a look: few people know everyone in it. */
export const LARGE_GROUP = 100

/** Whether a group with so many members at any depth is a large one; `null` for one that was not opened. */
export const isLargeGroup = (size: number | null): boolean => (size ?? 0) > LARGE_GROUP

/**
 * Sums up, for lists, everyone and everything that a node's assignments reach. People in the same groups and without assignments
 * of their own share one summary, so that the work grows with the members of groups, not with members times assignments. What
 * somebody has in a subscription is combined from its nodes by `combined-holders.ts`. They are made one by one, as they are taken.
 *
 * @param wanted the ids of those who are summed up, if not all: what bears on others may be missing from `access` then
 */
export function* summariseHolders(access: AccessOfNode, wanted?: ReadonlySet<string>): Generator<Holder> {
  const { principals, sizes } = access
  const grants = grantsByPrincipal(access)
  const groups = [...grants.keys()].filter((id) => access.groups.has(id)).sort()
  const throughOf = new Map<string, Through[]>()
  for (const groupId of groups) {
    for (const [id, ways] of reachOf(access.groups, groupId)) {
      const through = ways.map(({ kind, readAt }): Through => ({ groupId, kind, readAt }))
      const known = throughOf.get(id)
      if (known) known.push(...through)
      else throughOf.set(id, through)
    }
  }

  const shared = new Map<string, Summary | null>()
  const holdingOf = (own: Grant[], through: Through[]): Holding => ({
    own,
    through: through.map(({ groupId, kind, readAt }) => ({
      groupId,
      large: isLargeGroup(sizes.get(groupId) ?? null),
      grants: (grants.get(groupId) ?? []).map((grant) => passOn(grant, kind, readAt)),
    })),
  })
  const summaryOf = (id: string): Summary | null => {
    const through = throughOf.get(id) ?? []
    const own = grants.get(id)
    if (own) return summariseGrants(holdingOf(own, through))
    const key = through.map(({ groupId, kind, readAt }) => `${groupId} ${kind} ${readAt?.getTime() ?? ''}`).join()
    const known = shared.get(key)
    if (known !== undefined) return known
    const summary = summariseGrants(holdingOf([], through))
    shared.set(key, summary)
    return summary
  }

  const heldByGroups = new Set(groups.flatMap((id) => grants.get(id) ?? []).map(({ identity }) => identity))
  for (const id of new Set([...grants.keys(), ...throughOf.keys()])) {
    if (wanted && !wanted.has(id)) continue
    const facts = principals.get(id)
    const summary = summaryOf(id)
    if (!facts || !summary) continue
    const isDoubled = (grants.get(id) ?? []).some(({ identity }) => heldByGroups.has(identity))
    const { kind, status, guest } = facts
    const signals = signalsOf(facts, summary, isDoubled)
    yield { principalId: id, kind, status, guest, summary, signals }
  }
}

/** The grants of a node, by the principal that the assignment names. */
function grantsByPrincipal({ assignments, roles }: AccessOfNode): Map<string, Grant[]> {
  return Map.groupBy(
    assignments.map((assignment) => grantOf(assignment, roles.get(assignment.roleId))),
    ({ principalId }) => principalId,
  )
}

type Of<Name extends keyof AccessOfNode> = AccessOfNode[Name]
type RoleOfGrant = Of<'roles'> extends ReadonlyMap<string, infer Role> ? Role : never

function grantOf(assignment: Of<'assignments'>[number], role: RoleOfGrant | undefined): Grant {
  const { principalId, roleId, scope, scopeLevel, kind, endsAt, readAt } = assignment
  return {
    principalId,
    roleId,
    scope,
    level: scopeLevel,
    kind,
    endsAt,
    readAt,
    identity: identityOf(roleId, scope, kind),
    strength: strengthOf(role?.privilege ?? null),
    privileged: role?.privileged ?? false,
    customOwner: role?.ownerEquivalent ?? false,
  }
}

const identityOf = (roleId: string, scope: string, kind: AssignmentKind) => `${roleId} ${scope.toLowerCase()} ${kind}`

/** A grant of a group as those have it whom the group reaches by memberships of this kind, read at this time. */
function passOn(grant: Grant, membership: AssignmentKind, readAt: Date | null): Grant {
  if (membership === 'active' && readAt === null) return grant
  const kind = weakestKind(grant.kind, membership)
  const identity = identityOf(grant.roleId, grant.scope, kind)
  return { ...grant, kind, identity, readAt: earliestOf(grant.readAt, readAt) }
}

/** The group that holds the grants, by which kind of membership it reaches somebody, and when that was read, if not now. */
type Through = { groupId: string } & Reach

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

  const heldRoles = new Set(held.map(({ grant }) => grant.roleId))
  const eligibleRoles = new Set(eligible.map(({ grant }) => grant.roleId))
  const granting = held.filter(({ grant }) => grant.strength === GRANTS_ACCESS)
  const isWhole = ({ grant }: Way) => REACHES_WHOLE.includes(grant.level)
  return {
    shown: shown.grant,
    groupId: shown.groupId,
    rank: rankOfGrant(shown.grant, shown.groupId),
    eligibleBest: eligible[0]?.grant ?? null,
    grants: countDistinct(ways),
    direct: new Set(own.map(({ identity }) => identity)).size,
    eligible: countDistinct(eligible),
    groupIds: [...new Set(through.map(({ groupId }) => groupId))].sort(),
    canGrant: granting.some(isWhole),
    canGrantBelow: granting.length > 0 && !granting.some(isWhole),
    couldGrant: eligible.some(({ grant }) => grant.strength === GRANTS_ACCESS),
    writes: held.some(({ grant }) => grant.strength <= strengthOf('writes_data')),
    atRoot: held.some(({ grant }) => grant.level === 'root'),
    unknownRole: ways.some(({ grant }) => grant.strength === strengthOf(null)),
    standingPrivileged: held.some(({ grant }) => grant.kind === 'active' && grant.endsAt === null && grant.privileged),
    large: through.some((group) => group.large && group.grants.some(({ kind }) => kind !== 'eligible')),
    customOwner: held.some(({ grant }) => grant.customOwner),
    heldRoles: [...heldRoles].sort(),
    eligibleRoles: [...eligibleRoles].sort(),
    unreadSince: shown.grant.readAt,
    allUnread: ways.every(({ grant }) => grant.readAt !== null),
  }
}

const GRANTS_ACCESS = strengthOf('grants_access')

/** The levels at which a role reaches the whole subscription. */
const REACHES_WHOLE: readonly ScopeLevel[] = ['root', 'management_group', 'subscription']

const countDistinct = (ways: Way[]) => new Set(ways.map(({ grant }) => grant.identity)).size

/**
 * Strongest first; of equals what is held before what is eligible, wide before narrow, read now before read earlier, direct
 * before through a group. What is still equal is told apart by when it was read and by the spelling of its scope, so that the
 * order never depends on the order that rows came in.
 */
function byStrength(one: Way, other: Way): number {
  return (
    rankOfGrant(one.grant, one.groupId) - rankOfGrant(other.grant, other.groupId) ||
    compareText(one.grant.identity, other.grant.identity) ||
    compareText(one.groupId ?? '', other.groupId ?? '') ||
    (other.grant.readAt?.getTime() ?? 0) - (one.grant.readAt?.getTime() ?? 0) ||
    compareText(one.grant.scope, other.grant.scope)
  )
}

/**
 * The place of a grant in the order of {@link byStrength}, as a number that the rows of several nodes are compared by; what is
 * held comes before what is only eligible.
 */
export const rankOfGrant = ({ strength, kind, level, readAt }: Grant, groupId: string | null): number =>
  [
    Number(kind === 'eligible'),
    strength,
    rankOf(ASSIGNMENT_KINDS, kind),
    rankOf(SCOPE_LEVELS, level),
    Number(readAt !== null),
    Number(groupId !== null),
  ].reduce((number, digit) => number * 10 + digit, 0)

const compareText = (one: string, other: string) => (one < other ? -1 : Number(one > other))

/** Statuses of accounts that are gone for good or in the recycle bin: a role that is still assigned to one is of no use. */
const GONE: readonly PrincipalStatus[] = ['deleted', 'not_found']

/**
 * The signals of one holder at one node, as the bits of a mask. Whatever can use a role is counted by what it can do, people and
 * others alike, but for a group of the directory, whose members are holders themselves. Who is disabled or gone can do nothing.
 */
function signalsOf(facts: HolderFacts, summary: Summary, isDoubled: boolean): number {
  const { kind, status, guest, variety } = facts
  const isPerson = kind === 'user'
  const isGone = GONE.includes(status)
  const isOrphan = variety !== 'platform' && status === 'not_found'
  const acts = kind !== 'group' && !isGone && status !== 'disabled'
  const shows: Record<Signal, boolean> = {
    can_grant: acts && summary.canGrant,
    can_grant_below: acts && summary.canGrantBelow,
    could_grant: acts && summary.couldGrant,
    guest_writes: isPerson && guest === true && acts && summary.writes,
    gone: isPerson && isGone,
    disabled: isPerson && status === 'disabled',
    standing_privileged: isPerson && summary.standingPrivileged,
    direct_despite_group: isPerson && isDoubled,
    large_group: isPerson && summary.large,
    custom_owner: acts && summary.customOwner,
    orphan: isOrphan,
    at_root: acts && summary.atRoot,
    unknown_role: kind !== 'group' && summary.unknownRole,
    delegated: kind === 'delegate',
    not_read: summary.allUnread,
    // Owners of groups need not hold anything themselves, so they are counted apart.
    adds_members: false,
  }
  return bitOf(...SIGNALS.filter((one) => shows[one]))
}

/** The later of two readings; null, which is now, where one of them is. */
const freshestOf = (one: Date | null, other: Date | null): Date | null =>
  one === null || other === null ? null : one > other ? one : other

/** How a group reaches somebody: by which kind of membership, and when that was read, if it could not be read now. */
export type Reach = { kind: AssignmentKind; readAt: Date | null }

/**
 * Everyone and everything but groups below a group, at any depth, with the kinds of membership that lead to them. A kind
 * that was read now is not listed a second time as read earlier, and of several earlier readings the latest one counts. A group
 * that was never opened leads to nobody.
 */
export function reachOf(groups: ReadonlyMap<string, ReadGroup>, groupId: string): Map<string, Reach[]> {
  const found = new Map<string, Reach[]>()
  for (const inner of nestingOf(groups, groupId)) {
    for (const member of groups.get(inner.id)?.members ?? []) {
      if (member.kind === 'group') continue
      const readAt = earliestOf(inner.readAt, member.readAt)
      const reach: Reach = { kind: weakestKind(inner.kind, member.membership), readAt }
      const known = found.get(member.id) ?? []
      const same = known.find(({ kind }) => kind === reach.kind)
      if (!same) found.set(member.id, [...known, reach])
      else same.readAt = freshestOf(same.readAt, readAt)
    }
  }
  return found
}

/** How many a group reaches by memberships that are held, activated ones too, at any depth, groups not counted. */
export const countReached = (groups: ReadonlyMap<string, ReadGroup>, groupId: string): number =>
  [...reachOf(groups, groupId).values()].filter((ways) => ways.some(({ kind }) => kind !== 'eligible')).length

/** A group inside another one, by the kind of membership that leads to it, with the steps of the shortest way. */
export type Nested = { id: string; depth: number } & Reach

/** One way down to a group; `from` is the way to the group before it. */
type Step = Nested & { from: Step | null }

/**
 * The groups inside a group, itself included, once for each kind of membership that leads to them: walked level by level,
 * so that the first way found is a shortest one. `readAt` is that of the earliest reading that the way rests on; a way
 * that was read now is preferred. Circular nesting ends, since a state is entered once, and a way
 * that passes a group twice does not count: it says nothing that the shorter way does not say.
 */
export function nestingOf(groups: ReadonlyMap<string, ReadGroup>, groupId: string): Nested[] {
  const first: Step = {
    ...{ id: groupId, kind: 'active', depth: 0, from: null },
    readAt: null,
  }
  const found = new Map([[stateOf(first), first]])
  // Iterating over a map also visits what is added to it meanwhile.
  for (const [, at] of found) {
    for (const next of stepsFrom(groups, at)) if (!found.has(stateOf(next))) found.set(stateOf(next), next)
  }
  const real = [...found.values()].flatMap((step) => (isRound(step) ? (findOtherWay(groups, first, step) ?? []) : step))
  const states = new Set(real.map(stateOf))
  return real
    .filter((one) => one.readAt === null || !states.has(stateOf({ ...one, readAt: null })))
    .map(({ from: _, ...nested }) => nested)
}

function* stepsFrom(groups: ReadonlyMap<string, ReadGroup>, at: Step): Generator<Step> {
  const inner = (groups.get(at.id)?.members ?? []).filter(({ kind }) => kind === 'group')
  // In an order of their own: which of several ways is found first must not depend on the order that rows came in.
  for (const member of inner.sort((one, other) => compareText(keyOf(one), keyOf(other)))) {
    const readAt = earliestOf(at.readAt, member.readAt)
    yield { id: member.id, kind: weakestKind(at.kind, member.membership), depth: at.depth + 1, readAt, from: at }
  }
}

const keyOf = ({ id, membership }: ReadGroup['members'][number]) => `${id} ${membership}`

const stateOf = ({ id, kind, readAt }: Nested) => `${id} ${kind} ${readAt === null ? 'now' : 'earlier'}`

/** Whether a way passes a group twice. */
function isRound(step: Step): boolean {
  const passed = new Set<string>()
  for (let at: Step | null = step; at; at = at.from) {
    if (passed.has(at.id)) return true
    passed.add(at.id)
  }
  return false
}

/** Steps tried for one group before a way is taken for real: circles of so many groups are not made by people. */
const MOST_TRIED = 20_000

/** The shortest way without a group passed twice to a state whose shortest way passes one twice; null when there is none. */
function findOtherWay(groups: ReadonlyMap<string, ReadGroup>, first: Step, wanted: Step): Step | null {
  const open = [first]
  for (const at of open) {
    if (stateOf(at) === stateOf(wanted)) return at
    if (open.length > MOST_TRIED) return wanted
    for (const next of stepsFrom(groups, at)) {
      const isTooWeak = rankOf(ASSIGNMENT_KINDS, next.kind) > rankOf(ASSIGNMENT_KINDS, wanted.kind)
      if (!isTooWeak && !isRound(next)) open.push(next)
    }
  }
  return null
}
