import { randomUUID } from 'node:crypto'
import { CLOUDS, type Cloud } from '../clouds'
import type { ServicePrincipal, Tenant } from '../world/types'
import type { World } from '../world/world'
import { audienceOf, parseScopes } from './permissions'
import { mintAppToken } from './tokens'

const PATH = '/metadata/identity/oauth2/token'

/**
 * Answers the metadata address of a machine in Azure (IMDS), which gives out tokens of the machine's managed identities.
 * Only the token address is played. Source: Microsoft's "How managed identities for Azure resources work with virtual
 * machines"; the words of the refusals are recalled.
 */
export function answerMetadata(world: World, request: Request): Response {
  const url = new URL(request.url)
  if (request.headers.get('metadata')?.toLowerCase() !== 'true')
    return refuse(400, 'invalid_request', 'Required metadata header not specified')
  if (request.headers.has('x-forwarded-for')) return refuse(400, 'invalid_request', 'The request was forwarded')
  if (url.pathname.toLowerCase() !== PATH) return refuse(404, 'not_found', 'The sandbox plays the token address only')
  if (request.method !== 'GET') return refuse(405, 'invalid_request', 'The method is not allowed')
  const version = url.searchParams.get('api-version') ?? ''
  if (!/^20\d\d-\d\d-\d\d$/.test(version))
    return refuse(400, 'bad_request_102', 'Required metadata header not specified or api-version missing')
  const [cloud] = CLOUDS
  if (!cloud) throw new Error('There is no cloud.')
  return giveToken(world, cloud, url.searchParams)
}

function giveToken(world: World, cloud: Cloud, query: URLSearchParams): Response {
  const resource = query.get('resource')
  if (!resource) return refuse(400, 'invalid_request', "Required query variable 'resource' is missing")
  const found = findIdentity(world, query)
  if (!found) return refuse(400, 'invalid_request', 'Identity not found')
  const { tenant, principal } = found
  const app = world.applications.get(principal.appId)
  const parsed = parseScopes(`${resource}/.default`, cloud)
  const [scope] = parsed.scopes
  if (!app || !scope)
    return refuse(
      400,
      'invalid_resource',
      `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${tenant.name}.`,
    )
  if (!principal.accountEnabled)
    return refuse(400, 'unauthorized_client', `AADSTS7000112: Application '${principal.appId}' is disabled.`)
  const audience = audienceOf(cloud, scope.resource, [scope])
  const { token, expiresIn } = mintAppToken(world, tenant, app, principal, {
    kind: scope.resource,
    audience,
    proof: 'assertion',
  })
  const now = Math.floor(world.now() / 1_000)
  const body = {
    access_token: token,
    client_id: principal.appId,
    expires_in: String(expiresIn),
    expires_on: String(now + expiresIn),
    ext_expires_in: String(expiresIn),
    not_before: String(now),
    resource,
    token_type: 'Bearer',
  }
  return Response.json(body, { headers: { 'x-ms-request-id': randomUUID() } })
}

/** The identity that a request names by client or object id, else the machine's own; a single user-assigned one stands in for it. */
function findIdentity(world: World, query: URLSearchParams): { tenant: Tenant; principal: ServicePrincipal } | null {
  const { machine } = world
  const tenant = machine && world.tenants.get(machine.tenantId)
  if (!machine || !tenant) return null
  const [clientId, objectId] = [query.get('client_id')?.toLowerCase(), query.get('object_id')?.toLowerCase()]
  const all = [machine.systemAssigned, ...machine.userAssigned].flatMap(
    (id) => (id === null ? undefined : tenant.servicePrincipals.get(id)) ?? [],
  )
  if (clientId ?? objectId) {
    // Only user-assigned identities can be asked for by id. Microsoft does not document it for the machine's own.
    const assigned = all.filter(({ id }) => id !== machine.systemAssigned)
    const named = assigned.find((one) => one.appId === clientId || one.id === objectId)
    return named ? { tenant, principal: named } : null
  }
  const onlyOne = machine.systemAssigned === null && all.length === 1 ? all[0] : undefined
  const own = all.find(({ id }) => id === machine.systemAssigned) ?? onlyOne
  return own ? { tenant, principal: own } : null
}

const refuse = (status: number, error: string, error_description: string) =>
  Response.json({ error, error_description }, { status })
