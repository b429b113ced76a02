import { statusOf } from './status-of'
import type { PrincipalType, Tenant } from './types'

export type PersonFacts = {
  principalId: string
  principalType: PrincipalType
  name: string | null
  mail: string | null
  userPrincipalName: string | null
  guest: boolean
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
}

/**
 * What the directory knows of a principal. `type` is what an assignment says of it: one the directory does not know is
 * deleted, except a group of another directory, which it cannot know.
 */
export function personFacts(tenant: Tenant, principalId: string, type: PrincipalType): PersonFacts {
  const user = tenant.users.get(principalId) ?? tenant.deletedUsers.get(principalId)
  if (user) {
    return {
      principalId,
      principalType: 'User',
      name: user.displayName,
      mail: user.mail,
      userPrincipalName: user.userPrincipalName,
      guest: user.userType === 'Guest',
      status: statusOf(user),
    }
  }
  const bare = { principalId, mail: null, userPrincipalName: null, guest: false }
  const service = tenant.servicePrincipals.get(principalId)
  if (service) return { ...bare, principalType: 'ServicePrincipal', name: service.displayName, status: null }
  const device = tenant.devices.get(principalId)
  if (device) return { ...bare, principalType: 'Device', name: device.displayName, status: null }
  return { ...bare, principalType: type, name: null, status: type === 'ForeignGroup' ? null : 'deleted' }
}
