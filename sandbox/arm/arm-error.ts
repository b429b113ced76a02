import { randomUUID } from 'node:crypto'

/** ARM's error envelope. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { error: { code, message } },
    { status, headers: { 'x-ms-failure-cause': 'gateway', ...headers } },
  )
}

/** The challenge of every 401: it names the tenant to sign in at. */
export function challenge(tenantId: string, description: string): Record<string, string> {
  return {
    'www-authenticate': `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description}"`,
  }
}

/** What every ARM answer carries. */
export function withArmHeaders(response: Response): Response {
  const id = randomUUID()
  response.headers.set('x-ms-request-id', id)
  response.headers.set('x-ms-correlation-request-id', id)
  response.headers.set('cache-control', 'no-cache')
  return response
}
