import type { Cloud } from '../clouds'
import { EVERY_USER } from '../world/roles'
import type { Application, Tenant, User } from '../world/types'

/** The most groups that a JWT names. Source: Microsoft's "Configure group claims for applications". */
const MOST_GROUPS = 200

/**
 * The claims of an id token that say what a person is a member of. `roles`: the app roles that are assigned to them, or to a group of which
 * they are a direct member. `groups`: those that the registration's `groupMembershipClaims` asks for, in place of which an address stands when
 * there are too many (groups overage). A claim without a value is left out, as Microsoft says of access tokens; that this holds for somebody
 * who is in no group is recalled, not documented.
 *
 * Sources: Microsoft's "ID token claims reference", "Configure and manage optional claims", "Configure group claims for applications".
 */
export function membershipClaims(cloud: Cloud, tenant: Tenant, app: Application, user: User): Record<string, unknown> {
  const roles = appRolesOf(tenant, app, user)
  const groups = claimedGroups(tenant, app, user)
  return {
    ...(roles.length > 0 ? { roles } : {}),
    ...(groups.length > MOST_GROUPS ? overage(cloud, user) : groups.length > 0 ? { groups } : {}),
    ...(ASKS_FOR_DIRECTORY_ROLES.has(app.groupMembershipClaims ?? '')
      ? { wids: [...user.directoryRoles, EVERY_USER] }
      : {}),
  }
}

const ASKS_FOR_DIRECTORY_ROLES: ReadonlySet<string> = new Set(['All', 'DirectoryRole'])

const overage = (cloud: Cloud, user: User) => ({
  _claim_names: { groups: 'src1' },
  _claim_sources: { src1: { endpoint: `https://${cloud.graph}/v1.0/users/${user.id}/getMemberObjects` } },
})

/** Nested groups do not pass on what is assigned. Source: Microsoft Graph's "Grant an appRoleAssignment to a group". */
function appRolesOf(tenant: Tenant, app: Application, user: User): string[] {
  const holders = new Set([user.id, ...tenant.memberships.groupsOf(user.id)])
  const held = (tenant.appAssignments.get(app.clientId) ?? []).filter(({ principalId }) => holders.has(principalId))
  return [...new Set(held.flatMap(({ appRole }) => appRole ?? []))].sort()
}

function claimedGroups(tenant: Tenant, app: Application, user: User): string[] {
  const direct = [...tenant.memberships.groupsOf(user.id)]
  switch (app.groupMembershipClaims) {
    case 'ApplicationGroup': {
      const assigned = new Set((tenant.appAssignments.get(app.clientId) ?? []).map(({ principalId }) => principalId))
      return direct.filter((id) => assigned.has(id)).sort()
    }
    case 'SecurityGroup':
      return groupsAround(tenant, direct).filter((id) => tenant.groups.get(id)?.securityEnabled)
    case 'All':
      return groupsAround(tenant, direct)
    default:
      return []
  }
}

/** These groups and those around them, at any depth. */
function groupsAround(tenant: Tenant, direct: readonly string[]): string[] {
  const found = new Set<string>()
  const waiting = [...direct]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue
    found.add(id)
    waiting.push(...tenant.memberships.groupsOf(id))
  }
  return [...found].sort()
}
