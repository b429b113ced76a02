import { MAY_CONSENT } from '../world/directory-roles'
import type { Application, Tenant, User } from '../world/types'
import { PERMISSIONS } from './permissions'

/**
 * What an application may do for this person: what was granted to everyone, and what they granted themselves.
 * Microsoft's own need no consent for what they registered.
 */
export function grantedScopes(tenant: Tenant, app: Application, userId: string): Set<string> {
  const granted = new Set<string>(app.preauthorized ? app.registeredScopes : [])
  for (const consent of tenant.consents) {
    if (consent.clientId !== app.clientId || (consent.userId !== null && consent.userId !== userId)) continue
    for (const scope of consent.scopes) granted.add(scope)
  }
  return granted
}

/** Remembers a consent; a later one adds to it. */
export function grant(tenant: Tenant, clientId: string, userId: string | null, keys: Iterable<string>): void {
  let consent = tenant.consents.find((one) => one.clientId === clientId && one.userId === userId)
  if (!consent) {
    consent = { clientId, userId, scopes: new Set() }
    tenant.consents.push(consent)
  }
  for (const key of keys) consent.scopes.add(key)
}

export function mayConsentForAll(user: User): boolean {
  return user.directoryRoles.some((role) => MAY_CONSENT.has(role))
}

export function needsAdmin(keys: string[]): boolean {
  return keys.some((key) => PERMISSIONS[key]?.admin)
}
