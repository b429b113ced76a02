import { randomBytes, randomInt } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { DeviceCode, World } from '../world/world'
import { refuse } from './entra-error'
import { findClient } from './find-client'
import { REFUSALS } from './refusals'
import { scopeRefusal } from './scope-refusal'
import { parseScopes } from './scopes'

const LIVES_SECONDS = 900 // Microsoft's page: fifteen minutes
const POLL_SECONDS = 5
const KEPT = 1_000 // codes remembered; the oldest are forgotten first
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const PAGE = 'https://microsoft.com/devicelogin'
/** Elsewhere than in the global cloud (recalled, not verified). */
const PAGES: Readonly<Record<string, string>> = {
  usgov: 'https://microsoft.com/deviceloginus',
  china: 'https://microsoft.com/deviceloginchina',
}

export function deviceCodeExpired(world: World, device: DeviceCode): boolean {
  return world.now() - device.issuedAt > LIVES_SECONDS * 1000
}

/** The sign-in a typed code stands for, in any case and with spaces. */
export function findDeviceCode(world: World, typed: string): DeviceCode | undefined {
  const userCode = typed.replaceAll(/[\s-]/g, '').toUpperCase()
  return [...world.deviceCodes.values()].find((one) => one.userCode === userCode)
}

/**
 * `/{tenant}/oauth2/v2.0/devicecode`. Microsoft's address in the reply leads to `/common/oauth2/deviceauth` of the login
 * host. Source: Microsoft's "OAuth 2.0 device authorization grant".
 */
export async function deviceCode(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const client = findClient(world, authority, form.get('client_id') ?? '')
  if ('error' in client) return refuse(world, request, client)
  const scope = form.get('scope') ?? ''
  if (!scope) return refuse(world, request, REFUSALS.missing('scope'))
  const refusal = scopeRefusal(client.app, client.tenant, authority, parseScopes(scope, cloud))
  if (refusal) return refuse(world, request, refusal)
  const device_code = randomBytes(72).toString('base64url')
  const user_code = Array.from({ length: 9 }, () => SIGNS[randomInt(SIGNS.length)]).join('')
  const issued: DeviceCode = {
    userCode: user_code,
    clientId: client.app.clientId,
    authority,
    scope,
    issuedAt: world.now(),
    state: 'pending',
  }
  world.deviceCodes.set(device_code, issued)
  const oldest = world.deviceCodes.keys().next().value
  if (world.deviceCodes.size > KEPT && oldest) world.deviceCodes.delete(oldest)
  const verification_uri = PAGES[cloud.name] ?? PAGE
  return Response.json({
    user_code,
    device_code,
    verification_uri,
    expires_in: LIVES_SECONDS,
    interval: POLL_SECONDS,
    message: `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${user_code} to authenticate.`,
  })
}
