import type { Cloud } from '../clouds'
import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import { assertionRefusal } from './client-assertions'
import { ANY_TENANT } from './discovery'
import { CLIENT_REFUSALS } from './refusals'
import type { Refusal } from './replies'

/** An application at an authority; `tenant` is null at common and organizations. */
type Client = { app: Application; tenant: Tenant | null }

/** How an application proved itself: by nothing, as public clients do, by a secret, or by an assertion. */
export type Proof = 'none' | 'secret' | 'assertion'

/** Finds the application that a request names, at the tenant of its address; else the refusal (AADSTS90002, 700016, 50194). */
export function findClient(world: World, authority: string, clientId: string): Client | Refusal {
  if (CONSUMERS.has(authority)) return CLIENT_REFUSALS.appNotFound(clientId, 'Microsoft Accounts')
  const tenant = world.findTenant(authority) ?? null
  if (!tenant && !ANY_TENANT.has(authority)) return CLIENT_REFUSALS.tenantNotFound(authority)
  const app = world.applications.get(clientId.toLowerCase())
  if (!app) return CLIENT_REFUSALS.appNotFound(clientId, tenant?.name ?? authority)
  if (app.homeTenantId === null) return { app, tenant }
  if (!tenant) return CLIENT_REFUSALS.singleTenant(app)
  return tenant.id === app.homeTenantId ? { app, tenant } : CLIENT_REFUSALS.appNotFound(clientId, tenant.name)
}

/** Where personal accounts sign in; no application of the sandbox is registered for them (the directory's name is recalled). */
const CONSUMERS = new Set(['consumers', '9188040d-6c67-4c5b-b112-36a304b66dad'])

/**
 * Authenticates the application by a secret in the body or in HTTP Basic, or by an assertion; public clients only name
 * themselves. Else the refusal.
 */
export function authenticateClient(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
  form: URLSearchParams,
): (Client & { proof: Proof }) | Refusal {
  const basic = basicCredentials(request)
  const client = findClient(world, authority, form.get('client_id') ?? basic?.id ?? '')
  if ('error' in client) return client
  const { app } = client
  const secret = form.get('client_secret') ?? basic?.secret
  if (form.has('client_assertion')) {
    if (app.publicClient) return CLIENT_REFUSALS.secretOfPublic()
    return assertionRefusal({ world, cloud, authority, ...client }, form) ?? { ...client, proof: 'assertion' }
  }
  if (app.publicClient) return secret ? CLIENT_REFUSALS.secretOfPublic() : { ...client, proof: 'none' }
  const isPage = app.spaRedirectUris?.includes(form.get('redirect_uri') ?? '') ?? false
  if (!secret) return isPage ? { ...client, proof: 'none' } : CLIENT_REFUSALS.noSecret()
  const known = app.secrets.find((one) => one.value === secret)
  if (!known) return CLIENT_REFUSALS.badSecret(app)
  return known.expired ? CLIENT_REFUSALS.expiredSecret(app) : { ...client, proof: 'secret' }
}

function basicCredentials(request: Request): { id: string; secret: string } | null {
  const encoded = /^Basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (!encoded) return null
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s)
  return { id: decodeFormText(id), secret: decodeFormText(secret) }
}

/** Decodes form-encoded text, as RFC 6749 demands; returns it unchanged when it is not encoded. */
function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
