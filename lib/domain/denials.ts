import type { NamedDeny, PersonAccess } from './access'
import { allows } from './role-meaning'
import { hasOperationLeft, OPERATION_VERBS, operationsOf, overlap } from './role-patterns'
import { containsScope, isSameScope, scopeWords } from './scopes'
import type { ManagementGroup, Permission, Plane, ScopeLevel } from './vocabulary'
import { isolateName, joinList, roleWords } from './words'

type Grant = PersonAccess['grants'][number]
type Deny = PersonAccess['denies'][number]

/** A deny assignment that takes something from a grant. */
export type Denial = {
  deny: Deny
  /** How much of the role it cuts; `unknown` when the role's definition could not be read. */
  cuts: 'all' | 'part' | 'unknown'
  /** All that the grant reaches in the subscription; what lies within the denial's scope; or that one scope itself, and nothing in it. */
  where: 'everywhere' | 'within' | 'itself'
}

/** How much of a role each denial cuts, kept because somebody may have the same role at many scopes. */
export type KnownCuts = Map<string, Cut>

/**
 * The denials that cut a grant in this subscription. Only what a grant reaches here counts, so one made above the
 * subscription is held against denials as if it were made at it. A denial that spares child scopes holds at its own
 * scope alone ("List Azure deny assignments", `doNotApplyToChildScopes`), so one above the subscription cuts nothing in it.
 */
export function findDenials(
  { denies, subscription, managementGroups }: Pick<PersonAccess, 'denies' | 'subscription' | 'managementGroups'>,
  grant: Grant,
  known: KnownCuts = new Map(),
): Denial[] {
  return denies.flatMap((deny): Denial[] => {
    const where = placeDenial(deny, grant, { subscriptionId: subscription.id, managementGroups })
    const cuts = where && cutsOfGrant(deny, grant, known)
    return where && cuts ? [{ deny, cuts, where }] : []
  })
}

function cutsOfGrant(deny: Deny, grant: Grant, known: KnownCuts): Denial['cuts'] | null {
  if (grant.permissions.length === 0) return 'unknown'
  const pair = `${deny.key} ${grant.roleId}`
  const cut = known.get(pair) ?? measureCut(deny.permissions, grant.permissions)
  known.set(pair, cut)
  return cut === 'none' ? null : cut
}

type Seen = { managementGroups: ManagementGroup[] | null; subscriptionName: string }

const CUT_WORDS: Record<Denial['cuts'], (roles: string, allow: string) => string> = {
  all: (roles, allow) => `denies all that ${roles} ${allow}`,
  part: (roles, allow) => `denies part of what ${roles} ${allow}`,
  unknown: (roles, allow) => `may deny some of what ${roles} ${allow}, which could not be read`,
}

/** A denial as a sentence: its name in quotes, how much of the roles it cuts, which are given as words, and where. */
export function denialWords({ deny, cuts, where }: Denial, roles: readonly string[], seen: Seen): string {
  const { place } = scopeWords({ scope: deny.scope, level: deny.level, ...seen })
  const reach = {
    everywhere: `wherever it reaches here: set at ${place}`,
    within: `within ${place}`,
    itself: `at ${place} itself, not in what lies below`,
  }[where]
  const cut = CUT_WORDS[cuts](joinList(roles, 'and'), roles.length === 1 ? 'allows' : 'allow')
  return `“${isolateName(deny.name)}” ${cut}, ${reach}.`
}

/** A denial as it is told once for all roles that it cuts in the same way. */
export type ToldDenial = { key: string; description: string | null; words: string }

type CutRole = {
  roleId: string
  roleName: string | null
  scope: string
  level: ScopeLevel
  denials: readonly Denial[]
}

/**
 * The denials that cut roles of somebody, in as few sentences as there are different things to say: each with all roles that it is true
 * of. A role that is not cut alike at all scopes where it is held is named with its scope.
 *
 * @param roles each role at each scope
 */
export function tellDenials(roles: readonly CutRole[], seen: Seen): ToldDenial[] {
  const cuts = roles.flatMap((role) => role.denials.map((denial) => ({ denial, role })))
  const alike = Map.groupBy(cuts, ({ denial: { deny, cuts: cut, where } }) => `${deny.key} ${cut} ${where}`)
  return [...alike].flatMap(([key, together]) => {
    const denial = together[0]?.denial
    const cutRoles = new Set(together.map(({ role }) => role))
    const isOtherElsewhere = ({ roleId }: CutRole) => roles.some((one) => one.roleId === roleId && !cutRoles.has(one))
    const names = [...cutRoles].map((role) => {
      const name = isolateName(roleWords({ id: role.roleId, name: role.roleName }))
      return isOtherElsewhere(role) ? `${name} at ${scopeWords({ ...role, ...seen }).place}` : name
    })
    if (!denial) return []
    return [{ key, description: denial.deny.description, words: denialWords(denial, [...new Set(names)], seen) }]
  })
}

type HeldDeny = Pick<NamedDeny, 'key' | 'name' | 'scope' | 'permissions' | 'sparesChildren'>
type Question = {
  /** What the role that is held allows, and the scope it is held at. */
  permissions: readonly Permission[]
  heldAt: string
  /** The scope that is asked about; null for all that the role reaches in the subscription. */
  scope: string | null
  /** Null for whatever the role allows. */
  operation: { name: string; plane: Plane } | null
  subscriptionId: string
  managementGroups: readonly ManagementGroup[] | null
}

/**
 * Which of the denials that name somebody take away what is asked about a role of theirs: one operation on its plane, or
 * without one all that the role allows; at the scope asked about, or without one wherever the role reaches.
 */
export function findDecisiveDenials<Found extends HeldDeny>(denies: readonly Found[], question: Question): Found[] {
  return denies.filter((deny) => isDeniedThere(deny, question) && isDeniedWholly(deny, question))
}

function isDeniedThere(deny: HeldDeny, { scope, heldAt, ...chain }: Question): boolean {
  if (scope !== null) return holdsAt(deny, scope, chain)
  return placeDenial(deny, { scope: heldAt }, chain) === 'everywhere'
}

function isDeniedWholly({ permissions }: HeldDeny, question: Question): boolean {
  if (question.operation === null) return measureCut(permissions, question.permissions) === 'all'
  const { name, plane } = question.operation
  return allows(question.permissions, name)[plane] && allows(permissions, name)[plane]
}

type Scoped = Pick<Deny, 'scope' | 'sparesChildren'>
/** The management groups are those above the subscription, the root first, or null when they could not be read. */
type Chain = { subscriptionId: string; managementGroups: readonly ManagementGroup[] | null }

/**
 * Where a denial holds, of all that a grant reaches in a subscription; null for nowhere in it. A grant made above the
 * subscription reaches all of it, so it is held against denials as if it were made at the subscription.
 */
function placeDenial(deny: Scoped, grant: { scope: string }, chain: Chain): Denial['where'] | null {
  const subscription = `/subscriptions/${chain.subscriptionId}`
  const reached = containsScope(grant.scope, subscription, chain.managementGroups) ? subscription : grant.scope
  if (!deny.sparesChildren && holdsAt(deny, reached, chain)) return 'everywhere'
  if (!containsScope(reached, deny.scope, chain.managementGroups)) return null
  return deny.sparesChildren ? 'itself' : 'within'
}

/** Whether a denial holds at one scope: its own, and unless it spares child scopes every one below. */
function holdsAt(deny: Scoped, scope: string, { managementGroups }: Chain): boolean {
  return deny.sparesChildren ? isSameScope(deny.scope, scope) : containsScope(deny.scope, scope, managementGroups)
}

/** How much of what a role allows is denied. */
type Cut = 'all' | 'part' | 'none'

/** Patterns minus patterns: what one permission gives on one plane. */
type Given = { patterns: string[]; less: string[] }
type Budget = { left: number }

const MOST_STEPS = 20_000 // pairs of patterns looked at; a large role under a large denial has some thousands

/**
 * How much of a role a deny assignment cuts, where it holds. A denial is read like a role: the operations denied are, per
 * permission, its actions minus its notActions, likewise for data ("List Azure deny assignments"). A role that allows
 * nothing has nothing to cut.
 *
 * Exact, except for denials too tangled to follow, which are taken to cut a part.
 */
export function measureCut(deny: readonly Permission[], role: readonly Permission[]): Cut {
  const planes = [
    cutOfPlane(deny.map(onControlPlane), role.map(onControlPlane)),
    cutOfPlane(deny.map(onDataPlane), role.map(onDataPlane)),
  ].filter((cut) => cut !== null)
  if (planes.every((cut) => cut === 'none')) return 'none'
  return planes.every((cut) => cut === 'all') ? 'all' : 'part'
}

const onControlPlane = (one: Permission): Given => ({ patterns: one.actions, less: one.notActions })
const onDataPlane = (one: Permission): Given => ({ patterns: one.dataActions, less: one.notDataActions })

/** Null when the role allows nothing on this plane. */
function cutOfPlane(deny: Given[], role: Given[]): Cut | null {
  const held = role.flatMap(({ patterns, less }) =>
    patterns
      .flatMap((pattern) => OPERATION_VERBS.flatMap((verb) => operationsOf(pattern, verb)))
      .filter((operations) => hasOperationLeft(operations, less))
      .map((operations) => ({ operations, less })),
  )
  if (held.length === 0) return null
  const forAll = { left: MOST_STEPS }
  if (held.every(({ operations, less }) => areAllDenied(operations, less, deny, forAll))) return 'all'
  const forSome = { left: MOST_STEPS }
  return held.some(({ operations, less }) => areSomeDenied(operations, less, deny, forSome)) ? 'part' : 'none'
}

/** Whether an operation that is held is also denied: both patterns cover it and neither not-list takes it away. */
function areSomeDenied(operations: string, less: string[], deny: Given[], budget: Budget): boolean {
  return deny.some((one) =>
    one.patterns.some((pattern) => {
      budget.left -= 1
      const both = budget.left < 0 ? null : overlap(operations, pattern)
      return both === null || both.some((shared) => hasOperationLeft(shared, [...less, ...one.less]))
    }),
  )
}

/**
 * Whether all that is held is denied. One denying permission has to cover the pattern as a whole (`hasOperationLeft`
 * explains why several cannot do it together); what that one excepts has to be denied by the others.
 */
function areAllDenied(operations: string, less: string[], deny: Given[], budget: Budget): boolean {
  budget.left -= 1
  if (budget.left < 0) return false
  if (!hasOperationLeft(operations, less)) return true
  const whole = deny.find(
    (one) => !hasOperationLeft(operations, one.patterns) && hasOperationLeft(operations, one.less),
  )
  if (!whole) return false
  const others = deny.filter((one) => one !== whole)
  return whole.less.every((excepted) => {
    const spared = overlap(operations, excepted)
    return spared?.every((shared) => areAllDenied(shared, less, others, budget)) ?? false
  })
}
