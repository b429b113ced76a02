import { randomUUID } from 'node:crypto'
import type { World } from '../world/world'

export type Refusal = { error: string; code: number; text: string; status?: number; suberror?: string; claims?: string }

/** The correlation id of a request: the caller's when they sent one, as Entra echoes it. */
export function correlationOf(request: Request): string {
  const url = new URL(request.url)
  const sent = request.headers.get('client-request-id') ?? url.searchParams.get('client-request-id') ?? ''
  return /^[0-9a-f-]{36}$/i.test(sent) ? sent : randomUUID()
}

/** The text Entra writes around every AADSTS code. */
export function describeRefusal(
  world: World,
  refusal: Refusal,
  correlationId: string,
  traceId: string = randomUUID(),
): string {
  const at = new Date(world.now()).toISOString()
  const timestamp = `${at.slice(0, 10)} ${at.slice(11, 19)}Z`
  return `AADSTS${refusal.code}: ${refusal.text}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`
}

/** The JSON an endpoint answers with when it refuses. Source: Microsoft's "Authentication and authorization error codes". */
export function refuse(world: World, request: Request, refusal: Refusal): Response {
  const correlation_id = correlationOf(request)
  const trace_id = randomUUID()
  const at = new Date(world.now()).toISOString()
  const body = {
    error: refusal.error,
    error_description: describeRefusal(world, refusal, correlation_id, trace_id),
    error_codes: [refusal.code],
    timestamp: `${at.slice(0, 10)} ${at.slice(11, 19)}Z`,
    trace_id,
    correlation_id,
    error_uri: `https://login.microsoftonline.com/error?code=${refusal.code}`,
    ...(refusal.suberror ? { suberror: refusal.suberror } : {}),
    ...(refusal.claims ? { claims: refusal.claims } : {}),
  }
  return Response.json(body, {
    status: refusal.status ?? 400,
    headers: {
      'client-request-id': correlation_id,
      'x-ms-request-id': trace_id,
      'cache-control': 'no-store, no-cache',
    },
  })
}
