import { isInForceAt, lineageOf } from '../world/rbac'
import { BUILT_IN_ROLES } from '../world/roles'
import { isAtOrUnder, managementGroupScope, subscriptionIdIn } from '../world/scopes'
import type { Assignment, RoleDefinition, Tenant } from '../world/types'
import { type ArmCall, createScopeFilter } from './arm-call'
import { type KustoQuery, KustoRefusal, type KustoRow, parseKusto } from './kusto'
import { notSimulated } from './not-simulated'
import { armError } from './protocol'
import { toRoleAssignmentJson } from './role-assignments'
import { toRoleDefinitionJson } from './role-definitions'
import { createSubscriptionFilter } from './subscriptions'

const MAX_ROWS = 1_000 // on a page
const READ = 'Microsoft.Authorization/roleAssignments/read'

const MODES = ['AtScopeAndBelow', 'AtScopeAndAbove', 'AtScopeExact', 'AtScopeAboveAndBelow'] as const
type Mode = (typeof MODES)[number]

/** A request as far as it is simulated. */
type GraphRequest = {
  subscriptions?: string[]
  managementGroups?: string[]
  query?: string
  options?: {
    $top?: number
    $skip?: number
    $skipToken?: string
    resultFormat?: string
    authorizationScopeFilter?: string
  }
}

/**
 * `POST /providers/Microsoft.ResourceGraph/resources`: the table `authorizationresources` with active role assignments and role
 * definitions, and of Kusto only what `parseKusto` reads; anything else answers 501. Rows above the scopes asked for are left
 * out unless `authorizationScopeFilter` asks for them, and subscriptions that the caller may not read are left out without a
 * word, unless none remains.
 */
export function queryResources(call: ArmCall): Response {
  const request = readRequest(call.body)
  if (request instanceof Response) return withQuota(request)
  const query = readQuery(request.query ?? '')
  if (query instanceof Response) return withQuota(query)
  const scopes = listScopes(call, request)
  if (scopes.length === 0)
    return withQuota(
      armError(403, 'AccessDenied', 'Access denied: none of the given subscriptions or management groups can be read.'),
    )
  const mode = (request.options?.authorizationScopeFilter ?? 'AtScopeAndBelow') as Mode
  const rows = [...listAssignmentRows(call, scopes, mode), ...listDefinitionRows(call, scopes)]
  return withQuota(showPage(query.run(rows), request.options ?? {}))
}

/** The quota is not simulated: every query is the first of its five seconds. */
function withQuota(response: Response): Response {
  response.headers.set('x-ms-user-quota-remaining', '14')
  response.headers.set('x-ms-user-quota-resets-after', '00:00:05')
  return response
}

function readRequest(body: string): GraphRequest | Response {
  let request: GraphRequest
  try {
    request = JSON.parse(body) as GraphRequest
  } catch (error) {
    if (error instanceof SyntaxError) return armError(400, 'BadRequest', 'The request body is not JSON.')
    throw error
  }
  const { $top = MAX_ROWS, authorizationScopeFilter: mode = MODES[0] } = request.options ?? {}
  if (!Number.isInteger($top) || $top < 1 || $top > MAX_ROWS)
    return armError(400, 'BadRequest', `The value of $top must be from 1 to ${MAX_ROWS}.`)
  if (!MODES.some((one) => one === mode))
    return armError(400, 'BadRequest', `The authorizationScopeFilter '${mode}' is not valid.`)
  return request
}

function readQuery(text: string): KustoQuery | Response {
  try {
    const query = parseKusto(text)
    if (query.table !== 'authorizationresources')
      return notSimulated(`The table "${query.table}" of Azure Resource Graph`)
    return query
  } catch (error) {
    if (error instanceof KustoRefusal) return notSimulated(`A query to Azure Resource Graph with ${error.message}`)
    throw error
  }
}

/** The scopes that a query is for, in lower case: those named and readable, or the whole tenant. */
function listScopes(call: ArmCall, { subscriptions = [], managementGroups = [] }: GraphRequest): string[] {
  const { tenant } = call
  if (subscriptions.length === 0 && managementGroups.length === 0) return ['/']
  const isVisible = createSubscriptionFilter(call)
  const readable = subscriptions.flatMap((id) => {
    const found = tenant.subscriptions.get(id.toLowerCase())
    return found && isVisible(found) ? [`/subscriptions/${found.id}`] : []
  })
  return [...readable, ...managementGroups.map((id) => managementGroupScope(id).toLowerCase())]
}

function listAssignmentRows(call: ArmCall, scopes: readonly string[], mode: Mode): KustoRow[] {
  const { tenant, world } = call
  const now = world.now()
  const isReadable = createScopeFilter(call, READ, '/')
  const isCovered = createCoverage(tenant, scopes, mode)
  return [...tenant.assignments.values()]
    .filter(
      (one) => (one.schedule === null || isInForceAt(one.schedule, now)) && isCovered(one.scope) && isReadable(one),
    )
    .map((one) => toRow(tenant, one.scope, toAssignmentJson(one)))
}

/** Role ids in Azure Resource Graph do not begin with a subscription (recalled). */
const toAssignmentJson = (one: Assignment) => toRoleAssignmentJson(one, '', false)

/** Whether a scope lies at, below or above one of those asked for, as the mode says. Answers are kept. */
function createCoverage(tenant: Tenant, scopes: readonly string[], mode: Mode): (scope: string) => boolean {
  const above = new Set(scopes.flatMap((one) => [...lineageOf(tenant, one)]))
  const known = new Map<string, boolean>()
  const decide = (scope: string): boolean => {
    const own = scope.toLowerCase()
    if (scopes.includes(own)) return true
    if (mode === 'AtScopeExact') return false
    const isAbove = mode !== 'AtScopeAndBelow' && above.has(own)
    return isAbove || (mode !== 'AtScopeAndAbove' && scopes.some((one) => lineageOf(tenant, scope).has(one)))
  }
  return (scope) => {
    const decided = known.get(scope) ?? decide(scope)
    known.set(scope, decided)
    return decided
  }
}

/** Built-in roles, and the custom ones that can be assigned at, above or below the scopes. */
function listDefinitionRows({ tenant, apiVersion }: ArmCall, scopes: readonly string[]): KustoRow[] {
  const above = new Set(scopes.flatMap((one) => [...lineageOf(tenant, one)]))
  const isRelated = ({ custom, assignableScopes }: RoleDefinition) =>
    !custom ||
    assignableScopes.some((one) => above.has(one.toLowerCase()) || scopes.some((scope) => isAtOrUnder(one, scope)))
  return [...BUILT_IN_ROLES.values(), ...tenant.customRoles.list()]
    .filter(isRelated)
    .map((role) => toRow(tenant, '/', toRoleDefinitionJson(role, '', apiVersion)))
}

function toRow(
  tenant: Tenant,
  scope: string,
  { id, name, type, properties }: { id: string; name: string; type: string; properties: object },
): KustoRow {
  return {
    id,
    name,
    type: type.toLowerCase(),
    tenantId: tenant.id,
    kind: '',
    location: '',
    resourceGroup: /\/resourceGroups\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase() ?? '',
    subscriptionId: subscriptionIdIn(scope) ?? '',
    managedBy: '',
    properties,
  }
}

/** One page. Without a column `id` there are no further pages, and what is missing is only marked as truncated. */
function showPage(rows: readonly KustoRow[], options: NonNullable<GraphRequest['options']>): Response {
  const { $top = MAX_ROWS, $skip = 0, $skipToken, resultFormat = 'objectArray' } = options
  const start = $skipToken === undefined ? $skip : Number(Buffer.from($skipToken, 'base64url').toString())
  if (!Number.isInteger(start) || start < 0)
    return armError(400, 'CouldNotDecodeSkipToken', 'Skip token could not be decoded.')
  const page = rows.slice(start, start + $top)
  const end = start + page.length
  const hasMore = end < rows.length
  const hasIds = rows[0] !== undefined && 'id' in rows[0]
  return Response.json({
    totalRecords: rows.length,
    count: page.length,
    data: /^table$/i.test(resultFormat) ? toTable(page) : page,
    facets: [],
    resultTruncated: hasMore && !hasIds ? 'true' : 'false',
    ...(hasMore && hasIds ? { $skipToken: Buffer.from(String(end)).toString('base64url') } : {}),
  })
}

function toTable(rows: readonly KustoRow[]) {
  const names = Object.keys(rows[0] ?? {})
  const typeOf = (value: unknown) =>
    typeof value === 'number' ? 'integer' : typeof value === 'object' ? 'object' : 'string'
  return {
    columns: names.map((name) => ({ name, type: typeOf(rows[0]?.[name]) })),
    rows: rows.map((row) => names.map((name) => row[name])),
  }
}
