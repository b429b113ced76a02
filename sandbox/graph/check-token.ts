import { CLOUDS } from '../clouds'
import { type Claims, readJwt } from '../entra/jwt'
import type { World } from '../world/world'
import { graphError } from './graph-error'

const AUDIENCES = new Set([...CLOUDS.map((cloud) => `https://${cloud.graph}`), '00000003-0000-0000-c000-000000000000'])

const refuse = (message: string) =>
  graphError(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate':
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"',
  })

/** The claims of a good Graph token, or the 401 that says what is wrong with it. */
export function checkGraphToken(world: World, request: Request): Claims | Response {
  const header = request.headers.get('authorization')
  if (!header) return refuse('Access token is empty.')
  const claims = readJwt(world, header.replace(/^Bearer /i, ''))
  if (!claims) return refuse('CompactToken parsing failed with error code: 80049217')
  if (!AUDIENCES.has(String(claims.aud).replace(/\/$/, '')))
    return refuse('Access token validation failure. Invalid audience.')
  if (Number(claims.exp) * 1000 <= world.now()) return refuse('Lifetime validation failed, the token is expired.')
  return claims
}
