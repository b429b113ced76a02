import type { Application } from '../world/types'
import type { World } from '../world/world'
import type { Refusal } from './entra-error'
import { REFUSALS } from './refusals'

function basicCredentials(request: Request): { id: string; secret: string } | null {
  const encoded = /^Basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (!encoded) return null
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s)
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) }
}

/** The application that asks, by secret in the body or by HTTP Basic; else why not. */
export function authenticateClient(
  world: World,
  request: Request,
  form: URLSearchParams,
  directory: string,
): Application | Refusal {
  const basic = basicCredentials(request)
  const clientId = form.get('client_id') ?? basic?.id ?? ''
  const app = world.applications.get(clientId.toLowerCase())
  if (!app) return REFUSALS.appNotFound(clientId, directory)
  const secret = form.get('client_secret') ?? basic?.secret
  if (!secret) return REFUSALS.noSecret()
  const known = app.secrets.find((one) => one.value === secret)
  if (!known) return REFUSALS.badSecret(app)
  return known.expired ? REFUSALS.expiredSecret(app) : app
}
