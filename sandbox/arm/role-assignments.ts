import { applyingTo } from '../world/applying-to'
import { holdsAt } from '../world/holds-at'
import { assignmentsOf, can } from '../world/rbac'
import { isAtOrUnder, lineageOf } from '../world/scopes'
import type { Assignment, Tenant } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { paged } from './paged'

const READ = 'Microsoft.Authorization/roleAssignments/read'

/** A row as the wire has it. Role definitions are spelled with and without the subscription in front, both are real. */
function wire(assignment: Assignment, listScope: string) {
  const { id, roleId, principalId, principalType, scope, condition, description, createdOn, createdBy } = assignment
  const inherited = !/^\/subscriptions\//i.test(scope)
  const prefix = inherited || id.charCodeAt(0) % 2 === 0 ? '' : listScope
  return {
    properties: {
      roleDefinitionId: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId,
      principalType,
      scope,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      createdOn,
      updatedOn: createdOn,
      createdBy,
      updatedBy: createdBy,
      delegatedManagedIdentityResourceId: null,
      description,
    },
    id: `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleAssignments/${id}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name: id,
  }
}

type Filter = { atScope: boolean; holders: Set<string> | null }

/** `atScope()`, `assignedTo('id')`, `principalId eq 'id'`, joined by `and`; null when it is something else. */
function readFilter(text: string, tenant: Tenant, now: number): Filter | null {
  const filter: Filter = { atScope: false, holders: null }
  for (const clause of text.split(/\s+and\s+/i).filter(Boolean)) {
    const assigned = /^assignedTo\('([^']+)'\)$/i.exec(clause)?.[1]
    const principal = /^principalId\s+eq\s+'?([^']+)'?$/i.exec(clause)?.[1]
    if (/^atScope\(\)$/i.test(clause)) filter.atScope = true
    else if (assigned)
      filter.holders = new Set(assignmentsOf(tenant, assigned.toLowerCase(), now).map((one) => one.principalId))
    else if (principal) filter.holders = new Set([principal.toLowerCase()])
    else return null
  }
  return filter
}

/** `GET {scope}/providers/Microsoft.Authorization/roleAssignments`. */
export function listRoleAssignments(call: ArmCall, scope: string): Response {
  const { tenant, caller, url } = call
  const now = call.world.now()
  const filter = readFilter((url.searchParams.get('$filter') ?? '').trim(), tenant, now)
  if (!filter)
    return armError(
      400,
      'UnsupportedQuery',
      `The filter '${url.searchParams.get('$filter')}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
    )
  const all = applyingTo(tenant, tenant.assignments, scope).filter(
    (one) => one.schedule === null || holdsAt(one.schedule, now),
  )
  const mayReadAll = can(tenant, caller.held, READ, scope)
  const readable = mayReadAll
    ? all
    : all.filter((one) => isAtOrUnder(one.scope, scope) && can(tenant, caller.held, READ, one.scope))
  if (!mayReadAll && readable.length === 0 && tenant.powerless === 'forbidden') {
    return armError(
      403,
      'AuthorizationFailed',
      `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${READ}' over scope '${scope}/providers/Microsoft.Authorization' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    )
  }
  const lineage = filter.atScope ? lineageOf(tenant, scope) : null
  const rows = readable.filter(
    (assignment) =>
      (lineage === null || lineage.has(assignment.scope.toLowerCase())) &&
      (filter.holders === null || filter.holders.has(assignment.principalId)),
  )
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
  return paged(url, rows, tenant.pageSizes.assignments, (row) => wire(row, subscription))
}
