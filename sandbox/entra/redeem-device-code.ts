import { deviceCodeExpired } from './device-code'
import type { Refusal } from './entra-error'
import { subjectAt } from './mint'
import { REFUSALS } from './refusals'
import { parseScopes, resourcesOf } from './scopes'
import type { Grant, TokenRequest } from './token-request'

/** `grant_type=urn:ietf:params:oauth:grant-type:device_code`: pending until somebody typed the code and said yes. */
export function redeemDeviceCode({ world, cloud, form, app }: TokenRequest): Grant | Refusal {
  const device = world.deviceCodes.get(form.get('device_code') ?? form.get('code') ?? '')
  if (!device || device.clientId !== app.clientId) return REFUSALS.badDeviceCode()
  const { state } = device
  if (state === 'redeemed') return REFUSALS.codeRedeemed()
  if (state === 'declined') return REFUSALS.deviceDeclined()
  if (deviceCodeExpired(world, device)) return REFUSALS.deviceExpired()
  if (state === 'pending') return REFUSALS.pending()
  const tenant = world.tenants.get(state.tenantId)
  const homeTenant = world.tenants.get(state.homeTenantId)
  const homeUser = homeTenant?.users.get(state.userId)
  const subject = tenant && homeTenant && homeUser ? subjectAt(tenant, homeTenant, homeUser) : null
  if (!subject) return REFUSALS.badGrant()
  if (!subject.homeUser.accountEnabled || !subject.user.accountEnabled) return REFUSALS.disabled()
  const parsed = parseScopes(device.scope, cloud)
  if (resourcesOf(parsed.scopes).size > 1) return REFUSALS.severalResources(device.scope)
  device.state = 'redeemed'
  const offline = parsed.openid.has('offline_access')
  return { subject, parsed, nonce: null, mfa: state.mfa, offline, issuedAt: device.issuedAt }
}
