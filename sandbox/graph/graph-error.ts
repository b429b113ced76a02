import { randomUUID } from 'node:crypto'

/** Graph's error envelope; `date` carries no zone, as on the wire. `inner` is added to `innerError`. */
export function graphError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  inner: Record<string, string> = {},
): Response {
  const id = randomUUID()
  const date = new Date().toISOString().slice(0, 19)
  const innerError = { ...inner, date, 'request-id': id, 'client-request-id': id }
  return Response.json(
    { error: { code, message, innerError } },
    { status, headers: { 'request-id': id, 'client-request-id': id, ...headers } },
  )
}

export const denied = () =>
  graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

export const notFound = (id: string) =>
  graphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

export const badRequest = (message: string, code = 'Request_BadRequest') => graphError(400, code, message)
