import { findRole } from '../world/rbac'
import { lineageOf } from '../world/scopes'
import type { ArmCall } from './arm-call'
import { paged } from './paged'

/** `GET {scope}/providers/Microsoft.Authorization/permissions`: the caller's own at a scope, those of each role once. */
export function listPermissions({ url, tenant, caller }: ArmCall, scope: string): Response {
  const lineage = lineageOf(tenant, scope)
  const roles = new Set(caller.held.filter((one) => lineage.has(one.scope.toLowerCase())).map((one) => one.roleId))
  const items = [...roles].flatMap((id) =>
    (findRole(tenant, id)?.permissions ?? []).map((permission, index) => ({ key: `${id}/${index}`, permission })),
  )
  const size = tenant.pageSizes.assignments
  return paged(url, { items, size, keyOf: (one) => one.key, show: (one) => one.permission })
}
