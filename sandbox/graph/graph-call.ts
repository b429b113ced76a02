import { randomUUID } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { Tenant, User } from '../world/types'
import type { World } from '../world/world'

/** One authenticated Graph request. */
export type GraphCall = {
  world: World
  cloud: Cloud
  request: Request
  url: URL
  /** `v1.0` or `beta`. */
  version: string
  tenant: Tenant
  /** The signed-in person; null for an application without a user. */
  user: User | null
  appOnly: boolean
  clientId: string
  /** The delegated permissions of the token, or the application permissions. */
  permissions: ReadonlySet<string>
  /** The query options by name in lower case: `$filter`, `$orderby` and so on. */
  options: ReadonlyMap<string, string>
  /** `ConsistencyLevel: eventual` was sent. */
  eventual: boolean
  /** `ConsistencyLevel: eventual` was sent together with `$count=true`. */
  advanced: boolean
  /** Whether the request is an item of a $batch, where the limit on the length of the address does not apply. */
  inBatch: boolean
}

/** Whether the caller is a guest without a directory role, who may only read themselves whatever the application was granted. */
export function isPlainGuest(call: GraphCall): boolean {
  return call.user?.userType === 'Guest' && call.user.directoryRoles.length === 0
}

/** Whether the caller is an application without a user, or a person with one of these directory roles. */
export function holdsDirectoryRole(call: GraphCall, roles: readonly string[]): boolean {
  return call.appOnly || (call.user?.directoryRoles.some((role) => roles.includes(role)) ?? false)
}

/** Whether the token has any of these permissions. */
export function holdsAny(call: GraphCall, permissions: readonly string[]): boolean {
  return permissions.some((permission) => call.permissions.has(permission))
}

/** Whether an id or user principal name is that of the signed-in person. */
export function isSelf(call: GraphCall, name: string): boolean {
  const wanted = name.toLowerCase()
  return call.user !== null && (call.user.id === wanted || call.user.userPrincipalName.toLowerCase() === wanted)
}

/** The `@odata.context` of an answer. */
export function contextOf(call: GraphCall, name: string): string {
  return `https://${call.cloud.graph}/${call.version}/$metadata#${name}`
}

/** The challenge in Graph's 401 answers. */
export const GRAPH_CHALLENGE =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'

/** An error in Graph's envelope. Its `date` has no time zone, as in Azure; `inner` is added to `innerError`. */
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

export const accessDenied = () =>
  graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

/** The refusal of the reporting service to a token without its permission. Recalled, not verified. */
export const permissionMissing = (permission: string) =>
  graphError(
    403,
    'Authentication_MSGraphPermissionMissing',
    `The principal does not have required Microsoft Graph permission(s): ${permission} to call this API. For more information about Microsoft Graph permissions, please visit https://learn.microsoft.com/graph/permissions-overview.`,
  )

export const notFound = (id: string) =>
  graphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

export const badRequest = (message: string, code = 'Request_BadRequest') => graphError(400, code, message)

/** The answer to what Graph has and the sandbox does not: never a refusal that Graph itself could give. `what` begins the sentence. */
export const notSimulated = (what: string) =>
  graphError(
    501,
    'SandboxNotSimulated',
    `${what} is not simulated: the sandbox has no answer that would be true of Azure.`,
  )

/** Reads the JSON object in a request's body; the refusal when it is anything else. */
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

/** A list of strings in a body; null when it is something else or longer than `limit`. */
export function readStrings(value: unknown, limit: number): string[] | null {
  if (!Array.isArray(value) || value.length > limit) return null
  return value.every((one) => typeof one === 'string') ? value : null
}
