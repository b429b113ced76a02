import { compactVerify, errors } from 'jose'
import { z } from 'zod'
import { env } from '@/lib/env'
import { cloud } from './client/cloud'
import { AzureError } from './client/errors'
import { parseAs, parseJsonObject } from './client/rows'
import type { SendOptions } from './client/transport'
import { findSigningKey } from './signing-keys'
import { refuseUntimely } from './token-times'

/** The only algorithm that Entra ID signs ID tokens with (`id_token_signing_alg_values_supported`). */
const ALGORITHM = 'RS256'

const Claims = z.object({
  iss: z.string(),
  aud: z.string().toLowerCase(),
  tid: z.guid().toLowerCase(),
  oid: z.guid().toLowerCase(),
  nonce: z.string().optional(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  preferred_username: z.string().nullish(),
  name: z.string().nullish(),
})

export type IdClaims = z.infer<typeof Claims>

type Expected = SendOptions & { tenantId: string; nonce: string }

/** Who issues the ID tokens of a tenant, in the configured cloud (Microsoft: ID token claims reference, `iss`). */
export const issuerOf = (tenantId: string): string => `${cloud().login}/${tenantId.toLowerCase()}/v2.0`

/**
 * The claims of an ID token of this tenant, once it is certain that Entra ID made it for this application and this login.
 * MSAL checks neither signature nor issuer nor times. Times are checked last, so that a clock is blamed for nothing else.
 * Throws AzureError: `wrong_tenant`, `state_mismatch` (another login's nonce), `clock_wrong`, or `id_token_refused`.
 */
export async function verifyIdToken(token: string, { tenantId, nonce, ...options }: Expected): Promise<IdClaims> {
  const issuer = issuerOf(tenantId)
  const { payload, protectedHeader } = await compactVerify(token, findSigningKey(tenantId, issuer, options), {
    algorithms: [ALGORITHM],
  }).catch(toRefusal)
  if (!isIdTokenType(protectedHeader.typ)) throw refused('is no ID token')

  const claims = parseClaims(payload)
  if (claims.tid !== tenantId.toLowerCase()) throw new AzureError('wrong_tenant', 'The token is of another tenant.')
  if (claims.iss !== issuer) throw refused('has another issuer')
  if (claims.aud !== env().azure.clientId) throw refused('is for another application')
  if (claims.nonce !== nonce) throw new AzureError('state_mismatch', 'The ID token is of another login.')
  await refuseUntimely(claims, tenantId, options)
  return claims
}

/** Whether a token of this type can be an ID token. An access token is `at+jwt` (RFC 9068) and must not pass for one. */
export const isIdTokenType = (typ: string | undefined): boolean => typ === undefined || typ.toUpperCase() === 'JWT'

const refused = (why: string, cause?: unknown) => new AzureError('id_token_refused', `The ID token ${why}.`, { cause })

function toRefusal(error: unknown): never {
  throw error instanceof errors.JOSEError ? refused('could not be verified', error) : error
}

function parseClaims(payload: Uint8Array): IdClaims {
  return parseAs(Claims, parseJsonObject(new TextDecoder().decode(payload)))
}
