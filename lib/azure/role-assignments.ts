import { z } from 'zod'
import { scopeLevel } from '@/lib/domain/scopes'
import type { Azure } from './azure'
import { toAzureError } from './azure-error'
import { cleanText } from './clean-text'
import { principalKind } from './principal-kind'
import { TrailingGuid } from './trailing-guid'

/** What an assignment and an eligibility have in common, as the SDK gives it. */
export const AssignmentFields = z.object({
  name: z.string().min(1),
  principalId: z.guid().toLowerCase(),
  principalType: z.string().nullish(),
  roleDefinitionId: TrailingGuid,
  scope: z.string().startsWith('/'),
  condition: z.string().nullish(),
  createdOn: z.date().nullish().catch(null),
  createdBy: z.string().nullish().catch(null),
})

/** The same in our words. */
export const toAssignment = (row: z.output<typeof AssignmentFields>) => ({
  id: row.name.toLowerCase(),
  key: assignmentKey(row.scope, row.name),
  principalId: row.principalId,
  principalKind: principalKind(row.principalType),
  roleId: row.roleDefinitionId,
  scope: row.scope,
  scopeLevel: scopeLevel(row.scope),
  condition: row.condition?.replaceAll('\u0000', '').toWellFormed() || null,
  createdOn: row.createdOn ?? null,
  createdBy: cleanText(row.createdBy)?.toLowerCase() ?? null,
})

const RoleAssignmentRow = AssignmentFields.transform(toAssignment)

export type RoleAssignment = z.infer<typeof RoleAssignmentRow>

/** What an assignment is known by: its GUID is unique within its scope only, and Azure does not keep to one case. */
export const assignmentKey = (scope: string, name: string): string => `${scope} ${name}`.toLowerCase()

/**
 * Every role assignment that applies to a subscription: at it, below it, and inherited from above. Unfiltered on
 * purpose; `atScope()` would drop what lies below. An empty list is given back as it is, though the reader's own role
 * should be in it. `onPage` hears how many there are so far.
 */
export async function listRoleAssignments(
  azure: Azure,
  subscriptionId: string,
  { onPage }: { onPage?: (found: number) => void } = {},
): Promise<RoleAssignment[]> {
  const found = new Map<string, RoleAssignment>()
  try {
    for await (const page of azure.authorization(subscriptionId).roleAssignments.listForSubscription().byPage()) {
      for (const row of z.array(RoleAssignmentRow).parse(page)) found.set(row.key, row)
      onPage?.(found.size)
    }
  } catch (error) {
    throw toAzureError(error)
  }
  return [...found.values()]
}
