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
import { type CoverageLine, DATASETS, type PrincipalKind, rankOf } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import { openGroups } from './read-groups'
import { readPrincipals } from './read-principals'

/** A list that shrank by more than this share, from at least this many, is read a second time before it is believed. */
const SUSPICIOUS_SHARE = 0.5
const SUSPICIOUS_FROM = 10

/**
 * Reads who holds what on a subscription, directly and through groups. An empty list of assignments cannot be true,
 * since the reader's own role must be in it, and a sudden drop is confirmed by reading again: neither may look like
 * revoked access.
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

  await azure.caller.tokens.get('graph') // a refresh tells which of the optional permissions still hold
  const granted = azure.caller.tokens.granted()
  const holding = listGroupsHolding(assignments)
  const named = read.denies.rows.flatMap(({ principals, excluded }) => [...principals, ...excluded])
  const roots = new Set([...holding, ...named.filter(({ kind }) => kind === 'group').map(({ id }) => id)])
  const opened = await openGroups(azure, [...roots], granted.includes('GroupMember.Read.All'), report)

  const kinds = new Map<string, PrincipalKind>()
  for (const { principalId, principalKind } of assignments) kinds.set(principalId, principalKind)
  for (const { id, members } of opened.groups.values()) {
    kinds.set(id, 'group')
    for (const member of members) kinds.set(member.id, member.kind)
  }
  const names = readNamesFromPim([...read.schedules.rows, ...read.eligibilities.rows])
  const { principals, lines } = await readPrincipals(azure, { kinds, opened, names, granted }, report)

  const opens = [...opened.groups.values()].filter(({ state }) => state === 'whole' || state === 'flat')
  const access = {
    subscription: read.subscription,
    assignments,
    roles: read.roles,
    denies: read.denies.rows,
    managementGroups: read.managementGroups,
    groups: opened.groups,
    roots: [...roots],
    sizes: new Map(opens.map(({ id }) => [id, reachOf(opened.groups, id).size])),
    principals,
    eligibleRead: read.eligibilities.licensed && read.eligibilities.permitted,
    coverage: sortLines([
      ...coverageOfAzure({ ...read, assignments }),
      ...[opened.line, ...lines].map(markWithdrawn(azure.caller.tokens.withdrawn())),
    ]),
    plan: opened.plan,
  }
  return { ...access, summarised: summariseHolders(access) }
}

/** Everything that Resource Manager tells, side by side. */
async function readAzure(azure: Azure, subscriptionId: string, previously: number, report: Report) {
  report('reading_assignments')
  fetchGraphTokenEarly(azure)
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

/** The directory's token, fetched while the assignments are: a round trip less. If it is refused, reading people says so. */
function fetchGraphTokenEarly({ caller: { tokens } }: Azure): void {
  tokens
    .get('arm') // the assignments wait for this one, so it goes first
    .then(() => tokens.get('graph'))
    .catch(() => undefined)
}

const isSuspiciousDrop = (before: number, now: number) =>
  before >= SUSPICIOUS_FROM && now < before * (1 - SUSPICIOUS_SHARE)

const chooseLonger = (one: RoleAssignment[], other: RoleAssignment[]) => (other.length > one.length ? other : one)

const listGroupsHolding = (assignments: HeldAssignment[]): Set<string> =>
  new Set(assignments.filter(({ principalKind }) => principalKind === 'group').map(({ principalId }) => principalId))

function readNamesFromPim(rows: { principalId: string; principalName: string | null }[]): Map<string, string> {
  return new Map(
    rows.flatMap(({ principalId, principalName }) => (principalName ? [[principalId, principalName]] : [])),
  )
}

const NEEDS: Partial<Record<CoverageLine['dataset'], string>> = {
  groups: 'GroupMember.Read.All',
  other_principals: 'Application.Read.All',
  sign_ins: 'AuditLog.Read.All',
}

/** What was once granted and is no more was asked for, and refused; another way may still have read it whole. */
const markWithdrawn =
  (withdrawn: readonly string[]) =>
  (line: CoverageLine): CoverageLine =>
    withdrawn.includes(NEEDS[line.dataset] ?? '')
      ? {
          ...line,
          state: line.state === 'not_asked' ? 'not_permitted' : line.state,
          why: 'optional_consent_withdrawn',
        }
      : line

const sortLines = (lines: CoverageLine[]): CoverageLine[] =>
  lines.toSorted((one, other) => rankOf(DATASETS, one.dataset) - rankOf(DATASETS, other.dataset))

/**
 * What is held and what may be activated, with kinds and times. The list of assignments does not tell an activated role
 * from a standing one, nor when it ends; the schedule that names the assignment as its origin does.
 */
export function mergeSchedules(
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
