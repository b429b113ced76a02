import { z } from 'zod'
import { AzureError } from './azure-error'
import { cloud } from './cloud'
import type { Resource } from './scopes'
import type { Tokens } from './tokens'
import { type SendOptions, send, trusted } from './transport'

/** On whose behalf, and within which bounds, requests are made. */
export type Caller = SendOptions & { tokens: Tokens }

const ErrorBody = z.looseObject({ error: z.looseObject({ code: z.string() }) })

/**
 * Sends a request with the token of its resource, to that resource's origin only. A token that is refused is renewed
 * once. A good answer is a JSON object, or it does not get through: the SDKs would read an HTML page as an empty list.
 */
export async function sendAuthorized(
  caller: Caller,
  resource: Resource,
  input: string,
  init: RequestInit,
): Promise<Response> {
  const url = trusted(input)
  if (url.origin !== cloud()[resource]) throw new AzureError('untrusted_link', "The address is not one of Microsoft's.")

  const attempt = async (token: string) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return checked(await send(url, { ...init, headers }, caller))
  }
  const { token } = await caller.tokens.get(resource)
  const response = await attempt(token)
  if (response.status !== 401) return response

  const challenge = claimsIn(response.headers.get('www-authenticate'))
  if (challenge) throw new AzureError('mfa_required', 'The token was challenged.', { status: 401, claims: challenge })
  if ((await codeOf(response.clone())) === 'InvalidAuthenticationTokenTenant') return response
  const renewed = await caller.tokens.get(resource, { refused: token })
  return attempt(renewed.token)
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok || response.status === 204) return response
  const { status } = response
  const text = await response.text()
  const body = z.looseObject({}).safeParse(parsed(text, status))
  if (!body.success)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: body.error })

  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  const refused = ErrorBody.safeParse(body.data)
  return new Response(text, { status: refused.success ? statusOf(refused.data.error.code) : status, headers })
}

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: error })
  }
}

/** The status that an error should have come with, when it came as 200. */
function statusOf(code: string): number {
  if (/throttle|TooManyRequests|activityLimitReached/i.test(code)) return 429
  if (/^(AuthorizationFailed|Authorization_RequestDenied)$/.test(code)) return 403
  if (/AuthenticationToken|AuthenticationFailed/.test(code)) return 401
  if (/NotFound$/.test(code)) return 404
  if (/Unavailable|InternalServerError|Timeout/i.test(code)) return 503
  throw new AzureError('bad_answer', 'The answer did not have the documented form.', {
    status: 200,
    microsoftCode: code,
  })
}

/** Microsoft's code in an error's body; null when there is none to be read. */
async function codeOf(response: Response): Promise<string | null> {
  try {
    return ErrorBody.safeParse(await response.json()).data?.error.code ?? null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The claims of a conditional-access challenge (continuous access evaluation), decoded. */
function claimsIn(header: string | null): string | undefined {
  if (!header?.includes('insufficient_claims')) return undefined
  const encoded = /claims="([\w+/=-]+)"/.exec(header)?.[1]
  return encoded && Buffer.from(encoded, 'base64').toString('utf8')
}
