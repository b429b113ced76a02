import { createHmac, sign } from 'node:crypto'
import { generateSigningKey, type SigningKey } from '../world/signing-keys'
import type { World } from '../world/world'
import type { ForgeIdToken, IdTokenSigner } from './fault-rules'

/** A token response with its id_token forged; null when there is none in it. */
export async function forgeIdToken(world: World, response: Response, forgery: ForgeIdToken): Promise<Response | null> {
  if (!response.headers.get('content-type')?.includes('json')) return null
  const content = (await response.clone().json()) as { id_token?: unknown }
  if (typeof content.id_token !== 'string') return null
  const forged = { ...content, id_token: forge(world, content.id_token, forgery) }
  return Response.json(forged, { status: response.status, headers: response.headers })
}

const ALGORITHMS = { own: 'RS256', foreign: 'RS256', none: 'none', published: 'HS256' }

function forge(world: World, token: string, { claims = {}, header = {}, signedBy = 'own' }: ForgeIdToken): string {
  const key = world.signingKeys.at(-1)
  if (!key) throw new Error('The sandbox has no key to sign with.')
  const [honestHeader = '', honestClaims = ''] = token.split('.')
  const body = [change(honestHeader, { alg: ALGORITHMS[signedBy], ...header }), change(honestClaims, claims)].join('.')
  return `${body}.${SIGN[signedBy](body, key)}`
}

function change(part: string, changes: Record<string, unknown>): string {
  const honest = JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  const changed = Object.entries({ ...honest, ...changes }).filter(([, value]) => value !== null)
  return Buffer.from(JSON.stringify(Object.fromEntries(changed))).toString('base64url')
}

const STRANGER = generateSigningKey()

const signWith = (body: string, { privateKey }: SigningKey) =>
  sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')

const SIGN: Record<IdTokenSigner, (body: string, key: SigningKey) => string> = {
  own: signWith,
  foreign: (body) => signWith(body, STRANGER),
  none: () => '',
  published: (body, { publicKey }) =>
    createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
      .update(body)
      .digest('base64url'),
}
