import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Azure, createAzure } from '@/lib/azure/client/clients'
import { PATIENCE, type Patience } from '@/lib/azure/client/retry'
import type { TokenStore } from '@/lib/azure/client/tokens'
import { createMeter, type Meter } from '@/lib/azure/client/transport'
import { redeemCode } from '@/lib/azure/sign-in'

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

/** One request as Microsoft would have seen it: at its real https address. */
export type Asked = { method: string; url: URL; headers: IncomingMessage['headers']; body: string }
export type Said = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
export type Script = (asked: Asked, response: ServerResponse) => Said | undefined | Promise<Said | undefined>

/**
 * For tests of the wire: a bare server in the sandbox's place, whose answers each test writes itself. A script that
 * returns nothing has dealt with the response on its own.
 */
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
    const said = await script(one, response)
    if (!said) return
    const { status = 200, headers = {}, json, text } = said
    response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
    response.end(json === undefined ? text : JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

/** The environment of a portal whose Microsoft is at `sandboxUrl`, without touching the disk. To be called before anything asks for `env()`. */
export function pointAt(sandboxUrl: string): void {
  Object.assign(process.env, {
    SANDBOX_URL: sandboxUrl,
    AUTH_SECRET: 'a secret for tests, long enough to be taken',
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  })
  for (const name of ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID', 'DATABASE_URL'])
    delete process.env[name]
}

/** Patience whose waits take no time and are written down. */
export function countedPatience(overrides: Partial<Patience> = {}): Patience & { waits: number[] } {
  const waits: number[] = []
  return { ...PATIENCE, tryTimeoutMs: 5000, wait: async (ms) => void waits.push(ms), ...overrides, waits }
}

/** For tests: an account whose token is always at hand (`arm-1`, `graph-1`); a refused one is followed by the next. */
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
  }
  return { azure: createAzure({ meter, patience, tokens }), meter, patience }
}
