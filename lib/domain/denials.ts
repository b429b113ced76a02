import type { NamedDeny, PersonAccess } from './access'
import { allows } from './role-meaning'
import { leavesOver, operationsOf, overlap, type Verb } from './role-patterns'
import { scopeWords } from './scopes'
import type { ManagementGroup, Permission, Plane } from './vocabulary'
import { isolated } from './words'

/** Patterns minus patterns: what one permission gives on one plane. */
type Given = { patterns: string[]; less: string[] }
type Budget = { left: number }

const VERBS: readonly Verb[] = ['read', 'write', 'delete', 'action']
const MOST_STEPS = 20_000 // pairs of patterns looked at; a large role under a large denial has some thousands

/**
 * How much of a role a deny assignment cuts, where it holds: all that the role allows, part of it, or none. A denial is read
 * like a role: the operations denied are, per permission, its actions minus its notActions, likewise for data ("List Azure
 * deny assignments"). A role that allows nothing has nothing to cut.
 *
 * Exact, except for denials too tangled to follow, which cut a part.
 */
export function denied(deny: readonly Permission[], role: readonly Permission[]): 'all' | 'part' | 'none' {
  const planes = [
    cut(deny.map(control), role.map(control)), //
    cut(deny.map(data), role.map(data)),
  ].filter((plane) => plane !== null)
  if (planes.every((plane) => plane === 'none')) return 'none'
  return planes.every((plane) => plane === 'all') ? 'all' : 'part'
}

const control = (one: Permission): Given => ({ patterns: one.actions, less: one.notActions })
const data = (one: Permission): Given => ({ patterns: one.dataActions, less: one.notDataActions })

function cut(deny: Given[], role: Given[]): 'all' | 'part' | 'none' | null {
  const held = role.flatMap(({ patterns, less }) =>
    patterns
      .flatMap((pattern) => VERBS.flatMap((verb) => operationsOf(pattern, verb)))
      .filter((operations) => leavesOver(operations, less))
      .map((operations) => ({ operations, less })),
  )
  if (held.length === 0) return null
  const budget = { left: MOST_STEPS }
  if (held.every(({ operations, less }) => liesWithin(operations, less, deny, budget))) return 'all'
  budget.left = MOST_STEPS
  return held.some(({ operations, less }) => isTouched(operations, less, deny, budget)) ? 'part' : 'none'
}

/** Whether an operation that is held is also denied: one both patterns cover and neither not-list takes. */
function isTouched(operations: string, less: string[], deny: Given[], budget: Budget): boolean {
  return deny.some((one) =>
    one.patterns.some((pattern) => {
      budget.left -= 1
      const both = budget.left < 0 ? null : overlap(operations, pattern)
      return both === null || both.some((shared) => leavesOver(shared, [...less, ...one.less]))
    }),
  )
}

/**
 * Whether all that is held is denied. One denying permission has to cover the pattern as a whole (`leavesOver` says why
 * several cannot do it together); what that one excepts has to be denied by the others.
 */
function liesWithin(operations: string, less: string[], deny: Given[], budget: Budget): boolean {
  budget.left -= 1
  if (budget.left < 0) return false
  if (!leavesOver(operations, less)) return true
  const whole = deny.find((one) => !leavesOver(operations, one.patterns) && leavesOver(operations, one.less))
  if (!whole) return false
  const others = deny.filter((one) => one !== whole)
  return whole.less.every((except) => {
    const spared = overlap(operations, except)
    return spared?.every((shared) => liesWithin(shared, less, others, budget)) ?? false
  })
}

type Grant = PersonAccess['grants'][number]
type Deny = PersonAccess['denies'][number]

export type Denial = {
  deny: Deny
  /** How much of the role it cuts; `unknown` when the role's definition could not be read. */
  cuts: 'all' | 'part' | 'unknown'
  /** All that the grant reaches in the subscription; what lies within the denial's scope; or that one scope itself, and nothing in it. */
  where: 'everywhere' | 'within' | 'itself'
}

/** How much of a role each denial cuts, kept for the other scopes where somebody has that role. */
export type CutsKnown = Map<string, ReturnType<typeof denied>>

/**
 * The denials that cut a grant in this subscription. Only what a grant reaches here counts, so one made above the
 * subscription is held against denials as if it were made at it. A denial that spares child scopes holds at its own
 * scope alone ("List Azure deny assignments", `doNotApplyToChildScopes`), so one above the subscription cuts nothing in it.
 */
export function denialsOf(
  { denies, subscription, managementGroups }: Pick<PersonAccess, 'denies' | 'subscription' | 'managementGroups'>,
  grant: Grant,
  known: CutsKnown = new Map(),
): Denial[] {
  return denies.flatMap((deny): Denial[] => {
    const where = whereDenied(deny, grant, { subscriptionId: subscription.id, managementGroups })
    const cuts = where && cutBy(deny, grant, known)
    return where && cuts ? [{ deny, cuts, where }] : []
  })
}

type Scoped = Pick<Deny, 'scope' | 'sparesChildren'>
/** The management groups are those above the subscription, the root first, or null when they could not be read. */
type Chain = { subscriptionId: string; managementGroups: readonly ManagementGroup[] | null }

/**
 * Where a denial holds, of all that a grant reaches in a subscription; null for nowhere in it. A grant made above the
 * subscription reaches all of it, so it is held against denials as if it were made at the subscription.
 */
export function whereDenied(deny: Scoped, grant: { scope: string }, chain: Chain): Denial['where'] | null {
  const subscription = `/subscriptions/${chain.subscriptionId}`
  const reached = contains(grant.scope, subscription, chain) ? subscription : grant.scope
  if (!deny.sparesChildren && isDeniedAt(deny, reached, chain)) return 'everywhere'
  if (!contains(reached, deny.scope, chain)) return null
  return deny.sparesChildren ? 'itself' : 'within'
}

/** Whether a denial holds at one scope: its own, and unless it spares child scopes every one below. */
export function isDeniedAt(deny: Scoped, scope: string, chain: Chain): boolean {
  return deny.sparesChildren ? normal(deny.scope) === normal(scope) : contains(deny.scope, scope, chain)
}

/** Whether a scope lies at or below another. Of management groups only those above the subscription are ever named. */
function contains(outer: string, inner: string, { managementGroups }: Chain): boolean {
  const [around, within] = [normal(outer), normal(inner)]
  if (within === around || within.startsWith(`${around}/`)) return true
  const above = managementGroupOf(around)
  if (above === null) return false
  const below = managementGroupOf(within)
  if (below === null) return within.startsWith('/subscriptions/')
  const ids = (managementGroups ?? []).map(({ id }) => id.toLowerCase())
  return ids.includes(above) && ids.indexOf(above) < ids.indexOf(below)
}

/** In lower case and without a slash at the end, so that the root is empty and every other scope begins with it. */
const normal = (scope: string): string => scope.toLowerCase().replace(/\/$/, '')

const managementGroupOf = (scope: string): string | null =>
  /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)$/.exec(scope)?.[1] ?? null

function cutBy(deny: Deny, grant: Grant, known: CutsKnown): Denial['cuts'] | null {
  if (grant.permissions.length === 0) return 'unknown'
  const pair = `${deny.key} ${grant.roleId}`
  const cuts = known.get(pair) ?? denied(deny.permissions, grant.permissions)
  known.set(pair, cuts)
  return cuts === 'none' ? null : cuts
}

type HeldDeny = Pick<NamedDeny, 'key' | 'name' | 'scope' | 'permissions' | 'sparesChildren'>
type Asked = {
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
 * Which of the denials that name somebody take away what is asked of a role of theirs: the operation on the plane it is
 * of, or without one all that the role allows; at the scope asked about, or without one wherever the role reaches.
 */
export function cutOff<Found extends HeldDeny>(denies: readonly Found[], asked: Asked): Found[] {
  return denies.filter((deny) => holds(deny, asked) && takes(deny, asked))
}

function holds(deny: HeldDeny, { scope, heldAt, ...chain }: Asked): boolean {
  if (scope !== null) return isDeniedAt(deny, scope, chain)
  return whereDenied(deny, { scope: heldAt }, chain) === 'everywhere'
}

function takes({ permissions }: HeldDeny, asked: Asked): boolean {
  if (asked.operation === null) return denied(permissions, asked.permissions) === 'all'
  const { name, plane } = asked.operation
  return allows(asked.permissions, name)[plane] && allows(permissions, name)[plane]
}

type Seen = { managementGroups: ManagementGroup[] | null; subscriptionName: string }

const CUTS: Record<Denial['cuts'], string> = {
  all: 'denies all that this role allows',
  part: 'denies part of what this role allows',
  unknown: 'may deny some of what this role allows, which could not be read',
}

/** A denial as a sentence: whose, how much of the role, and where. */
export function denialWords({ deny, cuts, where }: Denial, seen: Seen): string {
  const { place } = scopeWords({ scope: deny.scope, level: deny.level, ...seen })
  const reach = {
    everywhere: `wherever it reaches here: set at ${place}`,
    within: `within ${place}`,
    itself: `at ${place} itself, not in what lies below`,
  }[where]
  return `${isolated(deny.name)} ${CUTS[cuts]}, ${reach}.`
}
