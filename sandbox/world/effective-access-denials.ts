import type { DenyAssignment, DenyPrincipal, Tenant } from './types'

/** The principal and every group above it, walked one membership at a time. */
export function selfAndGroups(tenant: Tenant, principalId: string): Set<string> {
  const found = new Set([principalId])
  // A set is walked on through what is added on the way.
  for (const id of found) for (const group of tenant.memberships.groupsOf(id)) found.add(group)
  return found
}

/** The deny assignments at a scope or, unless they spare child scopes, above it; `above` in lower case. */
export function denialsReaching(tenant: Tenant, scope: string, above: string[]): DenyAssignment[] {
  const own = scope.toLowerCase()
  return [...tenant.denyAssignments.values()].filter((deny) => {
    const at = deny.scope.toLowerCase()
    return at === own || (!deny.doNotApplyToChildScopes && above.includes(at))
  })
}

/** Which of these deny assignments name a principal who is all of `selves`: itself, a group it is in, or everyone; exclusions win. */
export function denialsNaming(denials: DenyAssignment[], selves: ReadonlySet<string>): string[] {
  const named = (list: DenyPrincipal[]) => list.some((one) => one.type === 'SystemDefined' || selves.has(one.id))
  return denials.filter((deny) => named(deny.principals) && !named(deny.excludePrincipals)).map((deny) => deny.id)
}
