import type { World } from '../world/world'
import { CLIENT_REFUSALS } from './client-refusals'
import type { Refusal } from './entra-error'
import { type Client, findClient } from './find-client'

/** Form-encoded, as RFC 6749 has it; taken as it stands where it is not. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

function basicCredentials(request: Request): { id: string; secret: string } | null {
  const encoded = /^Basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (!encoded) return null
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s)
  return { id: decoded(id), secret: decoded(secret) }
}

/** The application that asks, by secret in the body or by HTTP Basic, or by name alone when it is public; else why not. */
export function authenticateClient(
  world: World,
  request: Request,
  form: URLSearchParams,
  authority: string,
): Client | Refusal {
  const basic = basicCredentials(request)
  const client = findClient(world, authority, form.get('client_id') ?? basic?.id ?? '')
  if ('error' in client) return client
  const { app } = client
  const secret = form.get('client_secret') ?? basic?.secret
  if (form.has('client_assertion'))
    return app.publicClient ? CLIENT_REFUSALS.secretOfPublic() : CLIENT_REFUSALS.badAssertion()
  if (app.publicClient) return secret ? CLIENT_REFUSALS.secretOfPublic() : client
  const isPage = app.spaRedirectUris?.includes(form.get('redirect_uri') ?? '') ?? false
  if (!secret) return isPage ? client : CLIENT_REFUSALS.noSecret()
  const known = app.secrets.find((one) => one.value === secret)
  if (!known) return CLIENT_REFUSALS.badSecret(app)
  return known.expired ? CLIENT_REFUSALS.expiredSecret(app) : client
}
