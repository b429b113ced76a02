import { z } from 'zod'
import type { RoleDefinition } from '@/lib/domain/access'
import { isOwnerEquivalent, isPrivileged, privilegeOf } from '@/lib/domain/role-meaning'
import type { Azure } from './client/clients'
import { type ReadList, readArmList } from './client/lists'
import { cleanText, PermissionRow, TrailingGuid } from './client/rows'

/**
 * Every role that can be assigned at the subscription or anywhere below it, built in or custom, with what its permissions
 * amount to. Without the filter Azure leaves out custom roles that can only be assigned in a resource group
 * (Azure-PowerShell 16991; roleDefinitions 2022-04-01).
 */
export async function listRoleDefinitions(azure: Azure, subscriptionId: string): Promise<ReadList<RoleDefinition>> {
  const { rows, odd } = await readArmList(
    () =>
      azure
        .authorization(subscriptionId)
        .roleDefinitions.list(`subscriptions/${subscriptionId}`, { filter: 'atScopeAndBelow()' })
        .byPage(),
    RoleDefinitionRow,
  )
  return { rows: rows.map(({ key: _, ...role }) => role), odd }
}

const RoleDefinitionRow = z
  .object({
    name: TrailingGuid,
    roleName: z.string().nullish(),
    roleType: z.string().nullish(),
    description: z.string().nullish(),
    // A few built-in roles have conditions inside their permissions; the SDK leaves those out.
    permissions: z
      .array(PermissionRow)
      .nullish()
      .transform((list) => list ?? []),
  })
  .transform((row): RoleDefinition & { key: string } => ({
    key: row.name,
    id: row.name,
    name: cleanText(row.roleName) ?? row.name,
    custom: row.roleType?.toLowerCase() === 'customrole',
    description: cleanText(row.description),
    permissions: row.permissions,
    privilege: privilegeOf(row.permissions),
    privileged: isPrivileged(row.permissions),
    // Only a custom role can be an Owner under another name.
    ownerEquivalent: row.roleType?.toLowerCase() === 'customrole' && isOwnerEquivalent(row.permissions),
  }))
