import type { Sandbox } from '../server'

/** The reply of an endpoint of the login, tokens or a refusal. */
type LoginReply = {
  status: number
  headers: Headers
  access_token?: string
  refresh_token?: string
  id_token?: string
  client_info?: string
  scope?: string
  foci?: string
  error?: string
  suberror?: string
  claims?: string
  error_codes?: number[]
  error_description?: string
  correlation_id?: string
}

/** Posts a form to an address of the login host, as a client does; for tests. */
export async function postLogin(
  { url }: Sandbox,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<LoginReply> {
  const response = await fetch(`${url}/login.microsoftonline.com${path}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(fields),
  })
  const body = (await response.json()) as Omit<LoginReply, 'status' | 'headers'>
  return { ...body, status: response.status, headers: response.headers }
}

/** The claims of a token, unchecked; for tests. */
export function claimsOf(token = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as Record<string, unknown>
}
