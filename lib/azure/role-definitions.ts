import { z } from 'zod'
import type { Privilege } from '@/db/schema'
import type { Azure } from './azure'
import { toAzureError } from './azure-error'
import { cleanText } from './clean-text'
import { TrailingGuid } from './trailing-guid'

const Actions = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
const Permission = z.object({ actions: Actions, notActions: Actions, dataActions: Actions, notDataActions: Actions })
export type Permission = z.infer<typeof Permission>

const RoleDefinitionRow = z
  .object({
    name: TrailingGuid,
    roleName: z.string().nullish(),
    roleType: z.string().nullish(),
    description: z.string().nullish(),
    permissions: z.array(Permission).nullish(),
  })
  .transform((row) => ({
    id: row.name,
    name: cleanText(row.roleName) ?? row.name,
    custom: row.roleType?.toLowerCase() === 'customrole',
    description: cleanText(row.description),
    privilege: strongest((row.permissions ?? []).map(privilegeOf)),
  }))

export type RoleDefinition = z.infer<typeof RoleDefinitionRow>

/** Every role definition that can be assigned at the subscription, built in and custom. */
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

const GRANT = 'Microsoft.Authorization/roleAssignments/write'

/**
 * Operations that only read. Some are called "action": the values of secrets, the answers of logs, a key that blobs are
 * read with. Any other action is taken for a write, since most are (restart, listKeys, deploy).
 */
const READS =
  /\/(?:read|(?:getSecret|readMetadata|generateUserDelegationKey|analytics\/query|workspaces\/search|filter)\/action)$/i

/** Strongest first. */
const ORDER: Privilege[] = ['grants_access', 'writes', 'reads_data', 'reads']

function strongest(privileges: Privilege[]): Privilege {
  return ORDER.find((privilege) => privileges.includes(privilege)) ?? 'reads'
}

/** What a permission amounts to, by Azure's rules: `*` stands for any text, slashes included; case does not count; not-lists subtract. */
export function privilegeOf({ actions, notActions, dataActions, notDataActions }: Permission): Privilege {
  const allows = (action: string) =>
    actions.some((one) => covers(one, action)) && !notActions.some((one) => covers(one, action))
  const left = (granted: string[], taken: string[]) =>
    granted.filter((one) => !taken.some((other) => covers(other, one)))
  const data = left(dataActions, notDataActions)

  if (allows(GRANT)) return 'grants_access'
  if ([...left(actions, notActions), ...data].some((action) => !READS.test(action))) return 'writes'
  return data.length > 0 ? 'reads_data' : 'reads'
}

/**
 * Whether everything the second means lies within the first. A `*` of the second is matched by a `*` of the first only.
 * By pieces, not by a regular expression: role definitions are written by strangers, and `*a*a*a*` must stay cheap.
 */
function covers(pattern: string, action: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const text = action.toLowerCase()
  const end = rest.pop()
  if (end === undefined) return first === text
  if (!text.startsWith(first) || text.length < first.length + end.length || !text.endsWith(end)) return false
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > text.length - end.length) return false
    at = found + piece.length
  }
  return true
}
