import { z } from 'zod'
import type { RoleAssignment } from '@/lib/domain/access'
import { assignmentKey, keyInId } from '@/lib/domain/assignment-keys'
import type { Refused } from '@/lib/domain/problems'
import { appliesTo, scopeLevel } from '@/lib/domain/scopes'
import type { Azure } from './client/clients'
import { type ReadList, readArmList } from './client/lists'
import {
  AssignmentName,
  cleanText,
  cutCondition,
  isStorable,
  principalKindOf,
  Scope,
  TrailingGuid,
} from './client/rows'

/**
 * Every role assignment that applies to a subscription: at it, below it, and inherited from above. No filter is used on
 * purpose: `atScope()` would leave out those below. An empty list is returned as it is, although the reader's own role
 * should be in it. `onPage` is called with how many there are so far.
 */
export const listRoleAssignments = (
  azure: Azure,
  subscriptionId: string,
  { onPage }: { onPage?: (found: number) => void } = {},
): Promise<ReadList<RoleAssignment>> =>
  readArmList(
    () => azure.authorization(subscriptionId).roleAssignments.listForSubscription().byPage(),
    RoleAssignmentRow,
    onPage,
  )

/**
 * From when until when each role assignment of a subscription holds, and whether it was activated: what the list of
 * assignments does not tell. At the subscription, below it, and inherited from above.
 */
export async function listAssignmentSchedules(
  azure: Azure,
  subscriptionId: string,
): Promise<ReadList<AssignmentSchedule>> {
  const open = () =>
    azure
      .authorization(subscriptionId)
      .roleAssignmentScheduleInstances.listForScope(`subscriptions/${subscriptionId}`)
      .byPage()
  return keepApplying(subscriptionId, await readArmList(open, AssignmentScheduleRow))
}

/**
 * Every role that can be activated now and would give access to a subscription: at it, below it, and inherited from
 * above. No filter is used on purpose: `asTarget()` would give only those of the reader.
 */
export async function listRoleEligibilities(azure: Azure, subscriptionId: string): Promise<ReadList<RoleEligibility>> {
  const open = () =>
    azure
      .authorization(subscriptionId)
      .roleEligibilityScheduleInstances.listForScope(`subscriptions/${subscriptionId}`)
      .byPage()
  return keepApplying(subscriptionId, await readArmList(open, RoleEligibilityRow))
}

/** The rows of a list that concern one subscription: Privileged Identity Management also lists others of the tenant. */
const keepApplying = <Row extends { scope: string }>(subscriptionId: string, { rows, odd }: ReadList<Row>) => ({
  rows: rows.filter(({ scope }) => appliesTo(subscriptionId, scope)),
  odd,
})

/**
 * Whether a refusal means that the tenant has no Privileged Identity Management. A tenant without Entra ID P2 or
 * Governance answers 400 `AadPremiumLicenseRequired` (seen in JulianHayward/Azure-MG-Sub-Governance-Reporting 114).
 */
export const isUnlicensed = ({ refusal: { status, microsoftCode } }: Refused): boolean =>
  status === 400 && microsoftCode === 'AadPremiumLicenseRequired'

const Time = z.date().refine(isStorable)

/** What an assignment and an eligibility have in common, as the SDK gives it. */
const AssignmentFields = z.object({
  name: AssignmentName,
  principalId: z.guid().toLowerCase(),
  principalType: z.string().nullish(),
  roleDefinitionId: TrailingGuid,
  scope: Scope,
  condition: z.string().nullish(),
  createdOn: Time.nullish().catch(null),
  createdBy: z.string().nullish().catch(null),
})

const toAssignment = (row: z.output<typeof AssignmentFields>): RoleAssignment => ({
  id: row.name.toLowerCase(),
  key: assignmentKey(row.scope, row.name),
  principalId: row.principalId,
  principalKind: principalKindOf(row.principalType).kind,
  agent: principalKindOf(row.principalType).agent,
  roleId: row.roleDefinitionId,
  scope: row.scope,
  scopeLevel: scopeLevel(row.scope),
  condition: cutCondition(row.condition),
  createdOn: row.createdOn ?? null,
  createdBy: cleanText(row.createdBy)?.toLowerCase() ?? null,
})

const RoleAssignmentRow = AssignmentFields.transform(toAssignment)

/**
 * What Privileged Identity Management adds to an assignment or an eligibility: from when until when it holds, and its
 * holder's name. An absent end means that it holds for ever, so an end that cannot be read is refused, not left out.
 */
const ScheduleFields = z.object({
  startDateTime: Time.nullish(),
  endDateTime: Time.nullish(),
  expandedProperties: z.object({ principal: z.object({ displayName: z.string().nullish() }).nullish() }).nullish(),
})

/** The name is null for a holder who was deleted (from memory of Azure's answers, not documented). */
const toSchedule = (row: z.output<typeof ScheduleFields>) => ({
  startsAt: row.startDateTime ?? null,
  endsAt: row.endDateTime ?? null,
  principalName: cleanText(row.expandedProperties?.principal?.displayName),
})

const AssignmentScheduleRow = ScheduleFields.extend({
  name: AssignmentName,
  principalId: z.guid().toLowerCase(),
  scope: Scope,
  originRoleAssignmentId: z.string().nullish(),
  assignmentType: z.string().nullish(),
}).transform((row) => ({
  key: assignmentKey(row.scope, row.name),
  scope: row.scope,
  /** The key of the assignment whose schedule this is; null when it names none. */
  originKey: keyInId(row.originRoleAssignmentId),
  /** Whether it was activated from an eligibility, rather than assigned. */
  activated: row.assignmentType?.toLowerCase() === 'activated',
  principalId: row.principalId,
  ...toSchedule(row),
}))

export type AssignmentSchedule = z.infer<typeof AssignmentScheduleRow>

const RoleEligibilityRow = AssignmentFields.extend(ScheduleFields.shape).transform((row) => {
  const assignment = toAssignment(row)
  return { ...assignment, key: `eligible ${assignment.key}`, ...toSchedule(row) }
})

/** A role that its holder may activate but does not hold. Its key is never that of an assignment. */
export type RoleEligibility = z.infer<typeof RoleEligibilityRow>
