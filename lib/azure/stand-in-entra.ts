import type { TokenStore } from './confidential-client'
import { redeemCode } from './sign-in'
import { type Asked, countedPatience, type Said, type Script } from './stand-in'

const CLIENT = '5a9d0b0e-0000-4000-8000-726f6c656361'
export const TENANT = '31c75423-32d6-4322-88b7-c478bdde4858'
/** The tenant that Ada comes from: she is a guest. */
export const HOME = '8f70baf1-1f6e-46a2-a1ff-238dac1ebfb7'
export const ADA = '6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0'
export const REDIRECT = 'http://localhost:3000/api/azure/callback'
export const NONCE = 'nonce-1'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The token endpoint of Entra ID, with as much in its answers as MSAL needs. Each answer is a new access and refresh token. */
export function entra(claims: object = {}, lifetime = 3600): Script {
  let made = 0
  return ({ body }) => {
    made += 1
    const scope = new URLSearchParams(body).get('scope') ?? ''
    const idToken = {
      aud: CLIENT,
      tid: TENANT,
      oid: ADA,
      sub: 's',
      iss: 'x',
      name: 'Ada',
      preferred_username: 'ada@contoso.example',
      nonce: NONCE,
      iat: 1,
      exp: 4e9,
      ver: '2.0',
      ...claims,
    }
    return {
      json: {
        token_type: 'Bearer',
        scope,
        expires_in: lifetime,
        access_token: `access-${made}`,
        refresh_token: `refresh-${made}`,
        id_token: `${part({ alg: 'none' })}.${part(idToken)}.`,
        client_info: part({ uid: ADA, utid: HOME }),
      },
    }
  }
}

/** A refusal of the token endpoint by its number. */
export const refusal = (number: number, error = 'invalid_grant', more: object = {}): Said => ({
  status: 400,
  json: {
    error,
    error_description: `AADSTS${number}: secret text about ada@contoso.example.\r\nTrace ID: x\r\nCorrelation ID: aaaa0000-bb11-2222-33cc-444444dddddd`,
    error_codes: [number],
    correlation_id: 'aaaa0000-bb11-2222-33cc-444444dddddd',
    ...more,
  },
})

/** A store that keeps the cache as it is. */
export function memory(): TokenStore & { kept: string | null } {
  return {
    kept: null,
    async load() {
      return this.kept
    },
    async save(cache) {
      this.kept = cache
    },
  }
}

/** Redeems a code as the callback does. */
export const redeem = (store: TokenStore) =>
  redeemCode({
    tenantId: TENANT,
    code: 'the-code',
    redirectUri: REDIRECT,
    codeVerifier: 'the-verifier',
    nonce: NONCE,
    store,
    patience: countedPatience(),
  })
/** The form of a token request. */
export const form = (asked: Asked | undefined) => Object.fromEntries(new URLSearchParams(asked?.body))
