import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Azure, createAzure } from '@/lib/azure/client/clients'
import { PATIENCE, type Patience } from '@/lib/azure/client/retry'
import type { TokenStore } from '@/lib/azure/client/tokens'
import { createMeter, type Meter } from '@/lib/azure/client/transport'
import { redeemCode } from '@/lib/azure/sign-in'

/** One request as Microsoft would have seen it: at its real https address. */
type Asked = { method: string; url: URL; headers: IncomingMessage['headers']; body: string }

type Reply = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }

/** Answers one request. A script that returns nothing has dealt with the response by itself. */
export type Script = (asked: Asked, response: ServerResponse) => Reply | undefined | Promise<Reply | undefined>

/** A bare server in Microsoft's place, for tests of the wire: each test writes the answers itself. */
export async function startStandIn() {
  const asked: Asked[] = []
  let script: Script = () => ({ status: 500, text: 'no script' })

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const one = {
      method: request.method ?? '',
      url: new URL(`https:/${request.url}`),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    }
    asked.push(one)
    const reply = await script(one, response)
    if (!reply) return
    const { status = 200, headers = {}, json, text } = reply
    response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
    response.end(json === undefined ? text : JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The requests since the last script was given. */
    asked,
    answer(next: Script) {
      asked.length = 0
      script = next
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/**
 * Sets the environment of a portal whose Microsoft is at `sandboxUrl`, without touching the disk. Must be called before
 * anything calls `env()`.
 */
export function pointAt(sandboxUrl: string): void {
  Object.assign(process.env, {
    SANDBOX_URL: sandboxUrl,
    AUTH_SECRET: 'a secret for tests, long enough to be taken',
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  })
  for (const name of ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID', 'DATABASE_URL'])
    delete process.env[name]
}

/** Microsoft's clients for an account whose token is always at hand (`arm-1`, `graph-1`); a refused one is followed by the next. */
export function standInAccount(): { azure: Azure; meter: Meter; patience: ReturnType<typeof countedPatience> } {
  const meter = createMeter()
  const patience = countedPatience()
  let generation = 1
  const tokens: Azure['caller']['tokens'] = {
    async get(resource, { refused } = {}) {
      if (refused === `${resource}-${generation}`) generation += 1
      return { token: `${resource}-${generation}`, expiresOnTimestamp: Date.now() + 3_600_000 }
    },
    granted: () => [],
    withdrawn: () => [],
    isApplication: false,
  }
  return { azure: createAzure({ meter, patience, tokens }), meter, patience }
}

/** Patience whose waits take no time; `waits` lists them in milliseconds. */
export function countedPatience(overrides: Partial<Patience> = {}): Patience & { waits: number[] } {
  const waits: number[] = []
  return { ...PATIENCE, tryTimeoutMs: 5000, wait: async (ms) => void waits.push(ms), ...overrides, waits }
}

/** The client ID that the portal has in sandbox mode. */
const CLIENT = '5a9d0b0e-0000-4000-8000-726f6c656361'
export const TENANT = '31c75423-32d6-4322-88b7-c478bdde4858'
/** The tenant that Ada comes from: in {@link TENANT} she is a guest. */
export const HOME = '8f70baf1-1f6e-46a2-a1ff-238dac1ebfb7'
export const ADA = '6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0'
export const REDIRECT = 'http://localhost:3000/api/azure/callback'
export const NONCE = 'nonce-1'

/** Redeems a code as the portal does when Microsoft sends the browser back. */
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

/** A token store that keeps the cache as it is; `kept` is null until something was saved. */
export function memoryStore(): TokenStore & { kept: string | null } {
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

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KID = 'stand-in'

/** Whether a request asks for the keys that tokens are signed with. */
export const asksForKeys = ({ url }: Asked): boolean => url.pathname.endsWith('/discovery/v2.0/keys')

/**
 * The token endpoint of Entra ID, with as much in its answers as MSAL needs: every answer has a new access token and a
 * new refresh token, numbered from 1. It publishes the key that it signs ID tokens with.
 *
 * @param claims what differs in the ID token
 * @param lifetime of an access token, in seconds
 */
export function tokenEndpoint(claims: object = {}, lifetime = 3600): Script {
  let made = 0
  return (asked) => {
    if (asksForKeys(asked)) return { json: { keys: [{ ...KEY.publicKey.export({ format: 'jwk' }), kid: KID }] } }
    const { body } = asked
    const now = Math.floor(Date.now() / 1000)
    made += 1
    const scope = new URLSearchParams(body).get('scope') ?? ''
    const idToken = {
      aud: CLIENT,
      tid: TENANT,
      oid: ADA,
      sub: 's',
      iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      name: 'Ada',
      preferred_username: 'ada@contoso.example',
      nonce: NONCE,
      iat: now,
      nbf: now,
      exp: now + 3600,
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
        id_token: signToken(idToken),
        client_info: encodePart({ uid: ADA, utid: HOME }),
      },
    }
  }
}

function signToken(claims: object): string {
  const body = `${encodePart({ typ: 'JWT', alg: 'RS256', kid: KID })}.${encodePart(claims)}`
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), KEY.privateKey).toString('base64url')}`
}

/** One part of a JSON web token. */
const encodePart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A refusal of the token endpoint by its AADSTS number; `more` is added to its body. */
export const tokenRefusal = (number: number, error = 'invalid_grant', more: object = {}): Reply => ({
  status: 400,
  json: {
    error,
    error_description: `AADSTS${number}: secret text about ada@contoso.example.\r\nTrace ID: x\r\nCorrelation ID: aaaa0000-bb11-2222-33cc-444444dddddd`,
    error_codes: [number],
    correlation_id: 'aaaa0000-bb11-2222-33cc-444444dddddd',
    ...more,
  },
})

/** The fields of a token request. */
export const formOf = (asked: Asked | undefined) => Object.fromEntries(new URLSearchParams(asked?.body))
