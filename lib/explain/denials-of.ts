import type { PersonAccess } from '@/db/queries/get-person-access'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import { denied } from '@/lib/rbac/denied'

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
