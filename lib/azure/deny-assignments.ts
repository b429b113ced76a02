import { isRestError } from '@azure/core-rest-pipeline'
import { z } from 'zod'
import type { DenyAssignment } from '@/lib/domain/access'
import { appliesTo, scopeLevel } from '@/lib/domain/scopes'
import type { DenyPrincipal } from '@/lib/domain/vocabulary'
import type { Azure } from './client/clients'
import { toAzureError } from './client/errors'
import { cleanText, PermissionRow, principalKindOf } from './client/rows'
import { assignmentKey } from './role-assignments'

/**
 * Every deny assignment that applies to a subscription: at it, below it, and inherited from above. An account that may
 * read role assignments is not always allowed to read these, so a 403 fails nothing: `permitted` is false, and there are
 * no rows.
 */
export async function listDenyAssignments(
  azure: Azure,
  subscriptionId: string,
): Promise<{ permitted: boolean; rows: DenyAssignment[] }> {
  const found = new Map<string, DenyAssignment>()
  try {
    for await (const page of azure.authorization(subscriptionId).denyAssignments.list().byPage()) {
      for (const row of z.array(DenyAssignmentRow).parse(page))
        if (appliesTo(subscriptionId, row.scope)) found.set(row.key, row)
    }
  } catch (error) {
    if (isRestError(error) && error.statusCode === 403) return { permitted: false, rows: [] }
    throw toAzureError(error)
  }
  return { permitted: true, rows: [...found.values()] }
}

/** Azure's id for all principals, which comes with the type `SystemDefined` (Azure RBAC: deny-assignments). */
const EVERYONE = '00000000-0000-0000-0000-000000000000'

const DenyPrincipalRow = z
  .object({ id: z.guid().toLowerCase(), type: z.string().nullish() })
  .transform(({ id, type }): DenyPrincipal => ({ id, kind: id === EVERYONE ? 'everyone' : principalKindOf(type) }))

const DenyAssignmentRow = z
  .object({
    name: z.string().min(1),
    denyAssignmentName: z.string().nullish(),
    description: z.string().nullish(),
    scope: z.string().startsWith('/'),
    permissions: z.array(PermissionRow),
    principals: z.array(DenyPrincipalRow),
    excludePrincipals: z.array(DenyPrincipalRow).nullish(),
    doNotApplyToChildScopes: z.boolean().nullish(),
    isSystemProtected: z.boolean().nullish(),
  })
  .transform(
    (row): DenyAssignment => ({
      key: assignmentKey(row.scope, row.name),
      name: cleanText(row.denyAssignmentName) ?? row.name.toLowerCase(),
      description: cleanText(row.description),
      scope: row.scope,
      scopeLevel: scopeLevel(row.scope),
      permissions: row.permissions,
      principals: row.principals,
      excluded: row.excludePrincipals ?? [],
      sparesChildren: row.doNotApplyToChildScopes ?? false,
      systemProtected: row.isSystemProtected ?? false,
    }),
  )
