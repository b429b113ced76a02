import type { GraphCall } from './graph-call'
import { badRequest } from './graph-error'

/** The JSON object in a request's body, or the refusal of anything else. */
export async function readBody(call: GraphCall): Promise<Record<string, unknown> | Response> {
  if (!/json/i.test(call.request.headers.get('content-type') ?? ''))
    return badRequest('A valid Content-Type header is required to read the request body.', 'BadRequest')
  try {
    const body: unknown = await call.request.json()
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
    return badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      'BadRequest',
    )
  } catch (error) {
    return badRequest(`Unable to read JSON request payload: ${String(error)}`, 'BadRequest')
  }
}

/** A list of strings in a body, or null when it is none or longer than `limit`. */
export function stringsIn(value: unknown, limit: number): string[] | null {
  if (!Array.isArray(value) || value.length > limit) return null
  return value.every((one) => typeof one === 'string') ? value : null
}
