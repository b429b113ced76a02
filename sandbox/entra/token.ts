import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { authenticateClient } from './client-authentication'
import { clientCredentials } from './client-credentials'
import { type Refusal, refuse } from './entra-error'
import { redeemCode } from './redeem-code'
import { redeemDeviceCode } from './redeem-device-code'
import { redeemPassword } from './redeem-password'
import { redeemRefreshToken } from './redeem-refresh-token'
import { REFUSALS } from './refusals'
import { NOT_STORED, tokenReply } from './token-reply'
import type { Grant, TokenRequest } from './token-request'

const REDEEM: Readonly<Record<string, (asked: TokenRequest) => Grant | Refusal>> = {
  authorization_code: redeemCode,
  refresh_token: redeemRefreshToken,
  password: redeemPassword,
  'urn:ietf:params:oauth:grant-type:device_code': redeemDeviceCode,
  // The name older clients give it.
  device_code: redeemDeviceCode,
}

function appReply(asked: TokenRequest): Response {
  const made = clientCredentials(asked)
  if ('error' in made) return refuse(asked.world, asked.request, made)
  const { token, expiresIn } = made
  const body = { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: expiresIn, access_token: token }
  return Response.json(body, { headers: NOT_STORED })
}

/** Answers one form sent to a token endpoint. */
export function answerTokenForm(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
  form: URLSearchParams,
): Response {
  const client = authenticateClient(world, request, form, authority)
  if ('error' in client) return refuse(world, request, client)
  const asked: TokenRequest = { world, request, cloud, authority, form, ...client }
  const type = form.get('grant_type') ?? ''
  if (type === 'client_credentials') return appReply(asked)
  const redeem = Object.hasOwn(REDEEM, type) ? REDEEM[type] : undefined
  if (!redeem) return refuse(world, request, type ? REFUSALS.grantType(type) : REFUSALS.missing('grant_type'))
  const grant = redeem(asked)
  return 'error' in grant ? refuse(world, request, grant) : tokenReply(asked, grant)
}

/** `/{tenant}/oauth2/v2.0/token`. */
export async function token(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  return answerTokenForm(world, request, cloud, authority, new URLSearchParams(await request.text()))
}
