import { decodeProtectedHeader } from 'jose'
import type { OAuthChecks } from 'next-auth/providers/oauth'
import { type BaseClient, type CallbackParamsType, custom, type TokenSet } from 'openid-client'
import { z } from 'zod'
import { cloud } from '@/lib/azure/client/cloud'
import { AzureError } from '@/lib/azure/client/errors'
import { checkAddress } from '@/lib/azure/client/transport'
import { isIdTokenType } from '@/lib/azure/id-token'
import { refuseUntimely } from '@/lib/azure/token-times'
import { log } from '@/lib/log'

type Redeem = {
  client: BaseClient
  params: CallbackParamsType
  checks: OAuthChecks
  /** next-auth adds the address that Microsoft sends the browser back to. */
  provider: { callbackUrl?: string }
}

/**
 * Redeems the code of a portal sign-in with openid-client. The addresses to which the code goes and from which the keys
 * come stand in Microsoft's metadata, and must lie on its sign-in's own origin. openid-client verifies the signature, algorithm, issuer, audience and
 * nonce of the ID token. Its times are left to {@link findProblemOfTimes}: openid-client allows clocks ten seconds and
 * gives every failure the same name, so that nobody would learn that a clock is wrong.
 */
export async function redeemSignIn({ client, params, checks, provider }: Redeem): Promise<{ tokens: TokenSet }> {
  const { issuer, token_endpoint, jwks_uri } = client.issuer.metadata
  for (const address of [issuer, token_endpoint, jwks_uri]) checkAddress(address ?? '', [cloud().login])
  client[custom.clock_tolerance] = Number.POSITIVE_INFINITY
  const tokens = await client.callback(provider.callbackUrl, params, checks)
  if (!isIdTokenType(decodeProtectedHeader(tokens.id_token ?? '').typ))
    throw new AzureError('id_token_refused', 'The ID token is no ID token.')
  return { tokens }
}

const Times = z.object({ tid: z.guid(), iat: z.number(), nbf: z.number(), exp: z.number() })

/**
 * The query for the sign-in page when the times of verified claims do not fit the clock of this server, else null. The
 * page says how many minutes that clock is off.
 */
export async function findProblemOfTimes(claims: unknown): Promise<URLSearchParams | null> {
  const times = Times.safeParse(claims)
  if (!times.success) return new URLSearchParams({ error: 'OAuthCallback' })
  try {
    await refuseUntimely(times.data, times.data.tid)
    return null
  } catch (error) {
    if (!(error instanceof AzureError)) throw error
    log().warn({ event: 'sign_in_refused', error })
    if (error.clockAheadMinutes === undefined) return new URLSearchParams({ error: 'OAuthCallback' })
    return new URLSearchParams({ error: 'ClockWrong', ahead: String(error.clockAheadMinutes) })
  }
}
