import { z } from 'zod'
import type { RoleDefinition } from '@/lib/domain/access'
import { isOwnerEquivalent, isPrivileged, privilegeOf } from '@/lib/domain/role-meaning'
import type { Azure } from './client/clients'
import { toAzureError } from './client/errors'
import { cleanText, PermissionRow, TrailingGuid } from './client/rows'

/** Every role that can be assigned at the subscription, built in or custom, with what its permissions amount to. */
export async function listRoleDefinitions(azure: Azure, subscriptionId: string): Promise<RoleDefinition[]> {
  const found = new Map<string, RoleDefinition>()
  try {
    for await (const page of azure
      .authorization(subscriptionId)
      .roleDefinitions.list(`subscriptions/${subscriptionId}`)
      .byPage()) {
      for (const row of z.array(RoleDefinitionRow).parse(page)) found.set(row.id, row)
    }
  } catch (error) {
    throw toAzureError(error)
  }
  return [...found.values()]
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
  .transform(
    (row): RoleDefinition => ({
      id: row.name,
      name: cleanText(row.roleName) ?? row.name,
      custom: row.roleType?.toLowerCase() === 'customrole',
      description: cleanText(row.description),
      permissions: row.permissions,
      privilege: privilegeOf(row.permissions),
      privileged: isPrivileged(row.permissions),
      // Only a custom role can be an Owner under another name.
      ownerEquivalent: row.roleType?.toLowerCase() === 'customrole' && isOwnerEquivalent(row.permissions),
    }),
  )
