import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { refuse } from './entra-error'
import { REFUSALS } from './refusals'
import { answerTokenForm } from './token'
import { NOT_STORED } from './token-reply'

type Tokens = { access_token: string; expires_in: number; ext_expires_in: number; scope?: string }

/** Scope names as v1.0 lists them: without the resource. */
const bareNames = (scope: string) =>
  scope
    .split(' ')
    .map((one) => one.slice(one.lastIndexOf('/') + 1))
    .filter((name) => name !== '.default')
    .join(' ')

/**
 * `/{tenant}/oauth2/token`, which ADAL and the older Azure SDKs use: `resource` instead of scopes, numbers as strings.
 * Everything behind it is v2.0's.
 */
export async function tokenV1(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const resource = form.get('resource')
  if (!resource) return refuse(world, request, REFUSALS.missing('resource'))
  const person = form.get('grant_type') === 'client_credentials' ? '' : ' openid profile offline_access'
  form.set('scope', `${resource}/.default${person}`)
  const response = answerTokenForm(world, request, cloud, authority, form)
  if (!response.ok) return response
  const { expires_in, scope, ...tokens } = (await response.json()) as Tokens
  const now = Math.floor(world.now() / 1000)
  const body = {
    ...tokens,
    ...(scope === undefined ? {} : { scope: bareNames(scope) }),
    expires_in: String(expires_in),
    ext_expires_in: String(tokens.ext_expires_in),
    expires_on: String(now + expires_in),
    not_before: String(now),
    resource,
  }
  return Response.json(body, { headers: NOT_STORED })
}
