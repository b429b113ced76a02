import type { Azure } from '@/lib/azure/client/clients'
import { AzureError } from '@/lib/azure/client/errors'
import { listDenyAssignments } from '@/lib/azure/deny-assignments'
import { readManagementGroups } from '@/lib/azure/management-groups'
import {
  type AssignmentSchedule,
  listAssignmentSchedules,
  listRoleAssignments,
  listRoleEligibilities,
  type RoleEligibility,
} from '@/lib/azure/role-assignments'
import { listRoleDefinitions } from '@/lib/azure/role-definitions'
import { getSubscription } from '@/lib/azure/subscriptions'
import type { Access, HeldAssignment, RoleAssignment } from '@/lib/domain/access'
import { coverageOfAzure } from '@/lib/domain/coverage'
import { reachOf, summariseHolders } from '@/lib/domain/holders'
import { OPTIONAL_PERMISSIONS } from '@/lib/domain/permissions'
import { type CoverageLine, DATASETS, type PrincipalKind, rankOf } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import { openGroups } from './read-groups'
import { readPrincipals } from './read-principals'

/**
 * Reads who holds what on a subscription, directly and through groups, and sums it up. Nothing is written. Throws an
 * {@link AzureError} when the assignments cannot be read; what else cannot be read is told by the coverage.
 *
 * @param previously how many assignments the last published result has, eligible ones not counted
 */
export async function readAccess(
  azure: Azure,
  subscriptionId: string,
  previously: number,
  report: Report,
): Promise<Access> {
  const read = await readAzure(azure, subscriptionId, previously, report)
  const assignments = mergeSchedules(read.assignments, read.schedules.rows, read.eligibilities.rows)
  report('reading_groups', { assignments: assignments.length })

  // A token that is new tells which of the optional permissions the tenant still grants.
  await azure.caller.tokens.get('graph')
  const granted = azure.caller.tokens.granted()
  const roots = [...new Set([...listGroupsHolding(assignments), ...listGroupsDenied(read.denies.rows)])]
  const opened = await openGroups(azure, roots, granted.includes('GroupMember.Read.All'), report)

  const kinds = new Map<string, PrincipalKind>()
  for (const { principalId, principalKind } of assignments) kinds.set(principalId, principalKind)
  for (const { id, members } of opened.groups.values()) {
    kinds.set(id, 'group')
    for (const member of members) kinds.set(member.id, member.kind)
  }
  const pimNames = readNamesFromPim([...read.schedules.rows, ...read.eligibilities.rows])
  const { principals, lines } = await readPrincipals(azure, { kinds, opened, pimNames, granted }, report)

  const readable = [...opened.groups.values()].filter(({ state }) => state === 'whole' || state === 'flat')
  const access = {
    subscription: read.subscription,
    assignments,
    roles: read.roles,
    denies: read.denies.rows,
    managementGroups: read.managementGroups,
    groups: opened.groups,
    roots,
    sizes: new Map(readable.map(({ id }) => [id, reachOf(opened.groups, id).size])),
    principals,
    eligibleRead: read.eligibilities.licensed && read.eligibilities.permitted,
    coverage: sortLines([
      ...coverageOfAzure({ ...read, assignments }),
      ...[opened.line, ...lines].map((line) => markWithdrawn(line, azure.caller.tokens.withdrawn())),
    ]),
    plan: opened.plan,
  }
  return { ...access, summarised: summariseHolders(access) }
}

/**
 * Everything that Resource Manager tells, read side by side. Two lists of assignments are not believed, because they
 * would look like access that was revoked: an empty one, since the reader's own role must be in it, and one that shrank
 * suddenly, which is read a second time.
 */
async function readAzure(azure: Azure, subscriptionId: string, previously: number, report: Report) {
  report('reading_assignments')
  fetchTokensEarly(azure)
  const [subscription, listed, roles, eligibilities, schedules, denies, managementGroups] = await Promise.all([
    getSubscription(azure, subscriptionId),
    listRoleAssignments(azure, subscriptionId, {
      onPage: (assignments) => report('reading_assignments', { assignments }),
    }),
    listRoleDefinitions(azure, subscriptionId),
    listRoleEligibilities(azure, subscriptionId),
    listAssignmentSchedules(azure, subscriptionId),
    listDenyAssignments(azure, subscriptionId),
    readManagementGroups(azure, subscriptionId),
  ])
  if (listed.length === 0) throw new AzureError('reader_role_missing', 'The list of role assignments was empty.')
  const assignments = isSuspiciousDrop(previously, listed.length)
    ? chooseLonger(listed, await listRoleAssignments(azure, subscriptionId))
    : listed
  return { subscription, assignments, roles, eligibilities, schedules, denies, managementGroups }
}

/**
 * Fetches the directory's token while the assignments are read, which saves a round trip. The token for Resource Manager
 * goes first, because the assignments wait for it. A refusal is met again by whoever reads the people.
 */
function fetchTokensEarly({ caller: { tokens } }: Azure): void {
  tokens
    .get('arm')
    .then(() => tokens.get('graph'))
    .catch(() => undefined)
}

/** A list that shrank by more than this share, from at least this many, is read a second time. */
const SUSPICIOUS_SHARE = 0.5
const SUSPICIOUS_FROM = 10

const isSuspiciousDrop = (before: number, now: number) =>
  before >= SUSPICIOUS_FROM && now < before * (1 - SUSPICIOUS_SHARE)

const chooseLonger = (one: RoleAssignment[], other: RoleAssignment[]) => (other.length > one.length ? other : one)

/**
 * What is held and what may be activated, with kinds and times. The list of assignments does not tell an activated role
 * from a permanent one, nor when it ends. The schedule that names the assignment as its origin does.
 */
function mergeSchedules(
  assignments: RoleAssignment[],
  schedules: AssignmentSchedule[],
  eligibilities: RoleEligibility[],
): HeldAssignment[] {
  const byOrigin = new Map(schedules.map((schedule) => [schedule.originKey, schedule]))
  return [
    ...assignments.map((assignment): HeldAssignment => {
      const schedule = byOrigin.get(assignment.key)
      return {
        ...assignment,
        kind: schedule?.activated ? 'activated' : 'active',
        startsAt: schedule?.startsAt ?? null,
        endsAt: schedule?.endsAt ?? null,
      }
    }),
    ...eligibilities.map((eligibility): HeldAssignment => ({ ...eligibility, kind: 'eligible' })),
  ]
}

const listGroupsHolding = (assignments: HeldAssignment[]): string[] =>
  assignments.filter(({ principalKind }) => principalKind === 'group').map(({ principalId }) => principalId)

const listGroupsDenied = (denies: Access['denies']): string[] =>
  denies
    .flatMap(({ principals, excluded }) => [...principals, ...excluded])
    .filter(({ kind }) => kind === 'group')
    .map(({ id }) => id)

/** Names of principals as Privileged Identity Management lists them, by the principal's id. */
function readNamesFromPim(rows: { principalId: string; principalName: string | null }[]): Map<string, string> {
  return new Map(
    rows.flatMap(({ principalId, principalName }) => (principalName ? [[principalId, principalName]] : [])),
  )
}

/**
 * A line of the coverage that says so if the permission behind it was granted once and is no longer: it was asked for,
 * and refused. Another way may still have read the whole.
 */
function markWithdrawn(line: CoverageLine, withdrawn: readonly string[]): CoverageLine {
  const permission = OPTIONAL_PERMISSIONS.find(({ dataset }) => dataset === line.dataset)
  if (!permission || !withdrawn.includes(permission.scope)) return line
  const state = line.state === 'not_asked' ? 'not_permitted' : line.state
  return { ...line, state, why: 'optional_consent_withdrawn' }
}

const sortLines = (lines: CoverageLine[]): CoverageLine[] =>
  lines.toSorted((one, other) => rankOf(DATASETS, one.dataset) - rankOf(DATASETS, other.dataset))
