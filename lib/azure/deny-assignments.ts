import { z } from 'zod'
import type { DenyAssignment } from '@/lib/domain/access'
import { assignmentKey } from '@/lib/domain/assignment-keys'
import { appliesTo, scopeLevel } from '@/lib/domain/scopes'
import type { DenyPrincipal } from '@/lib/domain/vocabulary'
import type { Azure } from './client/clients'
import { type ReadList, readArmList } from './client/lists'
import { AssignmentName, cleanText, PermissionRow, principalKindOf, Scope } from './client/rows'

/** Every deny assignment that applies to a subscription: at it, below it, and inherited from above. */
export async function listDenyAssignments(azure: Azure, subscriptionId: string): Promise<ReadList<DenyAssignment>> {
  const open = () => azure.authorization(subscriptionId).denyAssignments.list().byPage()
  const { rows, odd } = await readArmList(open, DenyAssignmentRow)
  return { rows: rows.filter(({ scope }) => appliesTo(subscriptionId, scope)), odd }
}

/** Azure's id for all principals, which comes with the type `SystemDefined` (Azure RBAC: deny-assignments). */
const EVERYONE = '00000000-0000-0000-0000-000000000000'

const DenyPrincipalRow = z
  .object({ id: z.guid().toLowerCase(), type: z.string().nullish() })
  .transform(({ id, type }): DenyPrincipal => ({ id, kind: id === EVERYONE ? 'everyone' : principalKindOf(type).kind }))

const DenyAssignmentRow = z
  .object({
    name: AssignmentName,
    denyAssignmentName: z.string().nullish(),
    description: z.string().nullish(),
    scope: Scope,
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
