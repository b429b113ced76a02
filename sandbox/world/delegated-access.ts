import { BUILT_IN_ROLES } from './roles'
import type { Delegation, Tenant } from './types'

/** What the truth says of a principal of another tenant that Azure Lighthouse gives access. The directory does not know it. */
export type DelegateFacts = {
  principalType: 'Delegate'
  managedBy: { tenantId: string; tenantName: string }
}

/** How a scope lies with respect to the subscription that is asked about. */
type Scopes<Level> = { covers(scope: string): boolean; levelOf(scope: string): Level }

/**
 * Yields what principals of other tenants may do in a subscription: one row for each authorization of each delegation, in the
 * shape of the rows of `effectiveAccess`. Whether a deny assignment for everyone concerns them is not known: `deniedBy` is
 * empty.
 *
 * @param onlyPrincipalId leaves out every other principal, unless null
 */
export function* eachDelegatedRow<Level>(tenant: Tenant, scopes: Scopes<Level>, onlyPrincipalId: string | null) {
  for (const delegation of tenant.delegations.values()) {
    if (!scopes.covers(delegation.scope)) continue
    for (const { kind, principalId, name, roleId } of listAuthorizations(delegation)) {
      if (onlyPrincipalId !== null && onlyPrincipalId !== principalId) continue
      yield {
        principalId,
        principalType: 'Delegate' as const,
        name,
        mail: null,
        userPrincipalName: null,
        guest: false,
        status: null,
        managedBy: { tenantId: delegation.managedByTenantId, tenantName: delegation.managedByTenantName },
        roleId,
        roleName: BUILT_IN_ROLES.get(roleId)?.name ?? null,
        roleCustom: false,
        scope: delegation.scope,
        level: scopes.levelOf(delegation.scope),
        kind,
        startDateTime: null,
        endDateTime: null,
        permanent: true,
        condition: null,
        assignmentId: delegation.id,
        via: [],
        scopePath: [],
        deniedBy: [],
        truncated: false,
      }
    }
  }
}

function listAuthorizations({ authorizations, eligibleAuthorizations }: Delegation) {
  const toHeld =
    (kind: 'active' | 'eligible') =>
    (one: { principalId: string; principalIdDisplayName: string | null; roleId: string }) => ({
      kind,
      principalId: one.principalId,
      name: one.principalIdDisplayName,
      roleId: one.roleId,
    })
  return [...authorizations.map(toHeld('active')), ...eligibleAuthorizations.map(toHeld('eligible'))]
}
