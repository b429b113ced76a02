import { isRestError } from '@azure/core-rest-pipeline'
import { z } from 'zod'
import type { RoleAssignment } from '@/lib/domain/access'
import { appliesTo, scopeLevel } from '@/lib/domain/scopes'
import type { Azure } from './client/clients'
import { toAzureError } from './client/errors'
import { cleanText, principalKindOf, TrailingGuid } from './client/rows'

/**
 * Every role assignment that applies to a subscription: at it, below it, and inherited from above. No filter is used on
 * purpose: `atScope()` would leave out those below. An empty list is returned as it is, although the reader's own role
 * should be in it. `onPage` is called with how many there are so far.
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

/**
 * From when until when each role assignment of a subscription holds, and whether it was activated: what the list of
 * assignments does not tell. At the subscription, below it, and inherited from above.
 */
export function listAssignmentSchedules(
  azure: Azure,
  subscriptionId: string,
): Promise<ScheduleList<AssignmentSchedule>> {
  const instances = azure.authorization(subscriptionId).roleAssignmentScheduleInstances
  const pages = instances.listForScope(`subscriptions/${subscriptionId}`).byPage()
  return listSchedules(subscriptionId, pages, AssignmentScheduleRow)
}

/**
 * Every role that can be activated now and would give access to a subscription: at it, below it, and inherited from
 * above. No filter is used on purpose: `asTarget()` would give only those of the reader.
 */
export function listRoleEligibilities(azure: Azure, subscriptionId: string): Promise<ScheduleList<RoleEligibility>> {
  const instances = azure.authorization(subscriptionId).roleEligibilityScheduleInstances
  const pages = instances.listForScope(`subscriptions/${subscriptionId}`).byPage()
  return listSchedules(subscriptionId, pages, RoleEligibilityRow)
}

/**
 * `licensed`: the tenant has Privileged Identity Management. `permitted`: this account may read it. If either is false,
 * there are no rows.
 */
type ScheduleList<Row> = { licensed: boolean; permitted: boolean; rows: Row[] }

type Keyed = { key: string; scope: string }

/**
 * Reads a list of schedule instances to its end, each row once, and only those of one subscription. A tenant without
 * Entra ID P2 or Governance answers 400 `AadPremiumLicenseRequired` (seen in
 * JulianHayward/Azure-MG-Sub-Governance-Reporting 114): that and a 403 fail nothing, every other refusal is thrown.
 */
async function listSchedules<Row extends Keyed>(
  subscriptionId: string,
  pages: AsyncIterable<unknown[]>,
  shape: z.ZodType<Row>,
): Promise<ScheduleList<Row>> {
  const found = new Map<string, Row>()
  try {
    for await (const page of pages) {
      for (const row of z.array(shape).parse(page)) if (appliesTo(subscriptionId, row.scope)) found.set(row.key, row)
    }
  } catch (error) {
    if (isRestError(error) && error.statusCode === 400 && error.code === 'AadPremiumLicenseRequired')
      return { licensed: false, permitted: true, rows: [] }
    if (isRestError(error) && error.statusCode === 403) return { licensed: true, permitted: false, rows: [] }
    throw toAzureError(error)
  }
  return { licensed: true, permitted: true, rows: [...found.values()] }
}

/**
 * The key of an assignment: its scope and its GUID, which is unique within the scope only. In lower case, since Azure
 * writes both in either case.
 */
export const assignmentKey = (scope: string, name: string): string => `${scope} ${name}`.toLowerCase()

/** What an assignment and an eligibility have in common, as the SDK gives it. */
const AssignmentFields = z.object({
  name: z.string().min(1),
  principalId: z.guid().toLowerCase(),
  principalType: z.string().nullish(),
  roleDefinitionId: TrailingGuid,
  scope: z.string().startsWith('/'),
  condition: z.string().nullish(),
  createdOn: z.date().nullish().catch(null),
  createdBy: z.string().nullish().catch(null),
})

const toAssignment = (row: z.output<typeof AssignmentFields>): RoleAssignment => ({
  id: row.name.toLowerCase(),
  key: assignmentKey(row.scope, row.name),
  principalId: row.principalId,
  principalKind: principalKindOf(row.principalType),
  roleId: row.roleDefinitionId,
  scope: row.scope,
  scopeLevel: scopeLevel(row.scope),
  condition: row.condition?.replaceAll('\u0000', '').toWellFormed() || null,
  createdOn: row.createdOn ?? null,
  createdBy: cleanText(row.createdBy)?.toLowerCase() ?? null,
})

const RoleAssignmentRow = AssignmentFields.transform(toAssignment)

/**
 * What Privileged Identity Management adds to an assignment or an eligibility: from when until when it holds, and its
 * holder's name. An absent end means that it holds for ever, so an end that cannot be read is refused, not left out.
 */
const ScheduleFields = z.object({
  startDateTime: z.date().nullish(),
  endDateTime: z.date().nullish(),
  expandedProperties: z.object({ principal: z.object({ displayName: z.string().nullish() }).nullish() }).nullish(),
})

/** The name is null for a holder who was deleted (from memory of Azure's answers, not documented). */
const toSchedule = (row: z.output<typeof ScheduleFields>) => ({
  startsAt: row.startDateTime ?? null,
  endsAt: row.endDateTime ?? null,
  principalName: cleanText(row.expandedProperties?.principal?.displayName),
})

const AssignmentScheduleRow = ScheduleFields.extend({
  name: z.string().min(1),
  principalId: z.guid().toLowerCase(),
  scope: z.string().startsWith('/'),
  originRoleAssignmentId: z.string().nullish(),
  assignmentType: z.string().nullish(),
}).transform((row) => ({
  key: assignmentKey(row.scope, row.name),
  scope: row.scope,
  /** The key of the assignment whose schedule this is; null when it names none. */
  originKey: originKey(row.originRoleAssignmentId),
  /** Whether it was activated from an eligibility, rather than assigned. */
  activated: row.assignmentType?.toLowerCase() === 'activated',
  principalId: row.principalId,
  ...toSchedule(row),
}))

export type AssignmentSchedule = z.infer<typeof AssignmentScheduleRow>

const ORIGIN = /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignments\/([^/]+)$/i

function originKey(id: string | null | undefined): string | null {
  const [, scope, name] = ORIGIN.exec(id ?? '') ?? []
  return name ? assignmentKey(scope || '/', name) : null
}

const RoleEligibilityRow = AssignmentFields.extend(ScheduleFields.shape).transform((row) => {
  const assignment = toAssignment(row)
  return { ...assignment, key: `eligible ${assignment.key}`, ...toSchedule(row) }
})

/** A role that its holder may activate but does not hold. Its key is never that of an assignment. */
export type RoleEligibility = z.infer<typeof RoleEligibilityRow>
