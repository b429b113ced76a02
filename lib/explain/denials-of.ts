import type { PersonAccess } from '@/db/queries/get-person-access'
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
  { denies, subscription }: Pick<PersonAccess, 'denies' | 'subscription'>,
  grant: Grant,
  known: CutsKnown = new Map(),
): Denial[] {
  const reached = within(grant, subscription.id)
  return denies.flatMap((deny): Denial[] => {
    const where = meets(deny, within(deny, subscription.id), reached)
    const cuts = where && cutBy(deny, grant, known)
    return where && cuts ? [{ deny, cuts, where }] : []
  })
}

function meets(deny: Deny, scope: string, reached: string): Denial['where'] | null {
  const above = deny.level === 'root' || deny.level === 'management_group'
  if (deny.sparesChildren) return !above && lies(scope, reached) ? 'itself' : null
  if (lies(reached, scope)) return 'everywhere'
  return lies(scope, reached) ? 'within' : null
}

function cutBy(deny: Deny, grant: Grant, known: CutsKnown): Denial['cuts'] | null {
  if (grant.permissions.length === 0) return 'unknown'
  const pair = `${deny.key} ${grant.roleId}`
  const cuts = known.get(pair) ?? denied(deny.permissions, grant.permissions)
  known.set(pair, cuts)
  return cuts === 'none' ? null : cuts
}

/** What a scope comes to in the subscription. */
function within({ scope, level }: Pick<Grant, 'scope' | 'level'>, subscriptionId: string): string {
  return level === 'root' || level === 'management_group'
    ? `/subscriptions/${subscriptionId.toLowerCase()}`
    : scope.toLowerCase().replace(/\/$/, '')
}

const lies = (scope: string, inside: string): boolean => scope === inside || scope.startsWith(`${inside}/`)
