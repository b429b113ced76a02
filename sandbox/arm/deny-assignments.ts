import { lineageOf, principalsOf } from '../world/rbac'
import { isAtOrUnder } from '../world/scopes'
import type { DenyAssignment, DenyPrincipal } from '../world/types'
import { type ArmCall, createScopeFilter, isAllowed, refuseAction } from './arm-call'
import { armError, authorizationAt, readFilter, respondWithPage, unsupportedFilter } from './protocol'

const READ = 'Microsoft.Authorization/denyAssignments/read'

/**
 * `GET {scope}/providers/Microsoft.Authorization/denyAssignments`: those at, above and below the scope. Filters: `atScope()`,
 * `denyAssignmentName eq`, `principalId eq`, `gdprExportPrincipalId eq`, and `assignedTo('id')`, which includes groups (recalled).
 */
export function listDenyAssignments(call: ArmCall, scope: string): Response {
  const { tenant, url } = call
  const filter = readFilter(url, [
    'atScope',
    'denyAssignmentName',
    'principalId',
    'gdprExportPrincipalId',
    'assignedTo',
  ])
  if (!filter)
    return unsupportedFilter(url, "'atScope()' or 'denyAssignmentName eq '{value}'' or 'principalId eq '{value}''")
  const rows = isAllowed(call, READ, scope)
    ? listApplying(call, scope)
    : listApplying(call, scope).filter(createScopeFilter(call, READ, scope))
  if (rows.length === 0 && !isAllowed(call, READ, scope) && tenant.powerless === 'forbidden')
    return refuseAction(call, READ, authorizationAt(scope))
  const lineage = filter.has('atscope') ? lineageOf(tenant, scope) : null
  const name = filter.get('denyassignmentname')?.toLowerCase()
  const principal = filter.get('principalid')?.toLowerCase()
  const exported = filter.get('gdprexportprincipalid')?.toLowerCase()
  const assigned = filter.get('assignedto')?.toLowerCase()
  const holders = assigned === undefined ? null : principalsOf(tenant, assigned)
  const items = rows.filter(
    (one) =>
      (lineage === null || lineage.has(one.scope.toLowerCase())) &&
      (name === undefined || one.name.toLowerCase() === name) &&
      (principal === undefined || one.principals.some(({ id }) => id === principal)) &&
      (exported === undefined || [...one.principals, ...one.excludePrincipals].some(({ id }) => id === exported)) &&
      (holders === null || one.principals.some(({ id, type }) => type === 'SystemDefined' || holders.has(id))),
  )
  return respondWithPage(url, {
    items,
    size: tenant.pageSizes.instances,
    keyOf: (one) => one.id,
    show: toDenyAssignmentJson,
  })
}

/** `GET {scope}/providers/Microsoft.Authorization/denyAssignments/{id}`. */
export function getDenyAssignment(call: ArmCall, scope: string, id: string): Response {
  if (!isAllowed(call, READ, scope)) return refuseAction(call, READ, `${authorizationAt(scope)}/denyAssignments/${id}`)
  const found = call.tenant.denyAssignments.get(id.toLowerCase())
  if (!found || found.scope.toLowerCase() !== scope.toLowerCase())
    return armError(404, 'DenyAssignmentNotFound', `The deny assignment '${id}' is not found.`)
  return Response.json(toDenyAssignmentJson(found))
}

/** The deny assignments at, above and below a scope; at the root only those made at the root. */
function listApplying({ tenant }: ArmCall, scope: string): DenyAssignment[] {
  if (tenant.denyAssignments.size === 0) return []
  const lineage = lineageOf(tenant, scope)
  return tenant.denyAssignments
    .list()
    .filter((one) => lineage.has(one.scope.toLowerCase()) || (scope !== '/' && isAtOrUnder(one.scope, scope)))
}

/** A deny assignment as ARM writes it. */
function toDenyAssignmentJson(deny: DenyAssignment) {
  const showPrincipals = (list: DenyPrincipal[]) => list.map(({ id, type }) => ({ id, type }))
  return {
    properties: {
      denyAssignmentName: deny.name,
      description: deny.description,
      permissions: deny.permissions,
      scope: deny.scope,
      doNotApplyToChildScopes: deny.doNotApplyToChildScopes,
      principals: showPrincipals(deny.principals),
      excludePrincipals: showPrincipals(deny.excludePrincipals),
      isSystemProtected: deny.isSystemProtected,
      createdOn: deny.createdOn,
      updatedOn: deny.createdOn,
      createdBy: null,
      updatedBy: null,
    },
    id: `${authorizationAt(deny.scope)}/denyAssignments/${deny.id}`,
    type: 'Microsoft.Authorization/denyAssignments',
    name: deny.id,
  }
}
