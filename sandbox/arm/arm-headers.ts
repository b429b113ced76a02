import { randomUUID } from 'node:crypto'

/**
 * What every ARM answer carries. The caller's own correlation id is taken over (recalled), its client request id only
 * when it asks for it.
 */
export function withArmHeaders(request: Request, response: Response, now: number): Response {
  const id = randomUUID()
  const correlation = request.headers.get('x-ms-correlation-request-id') ?? id
  const clientId = request.headers.get('x-ms-client-request-id')
  const moment = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const { headers } = response
  headers.set('x-ms-request-id', id)
  headers.set('x-ms-correlation-request-id', correlation)
  headers.set('x-ms-routing-request-id', `WESTEUROPE:${moment}:${id}`)
  if (clientId && /^true$/i.test(request.headers.get('x-ms-return-client-request-id') ?? ''))
    headers.set('x-ms-client-request-id', clientId)
  headers.set('cache-control', 'no-cache')
  headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  headers.set('x-content-type-options', 'nosniff')
  return response
}
