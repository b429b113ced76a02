import { readAssignmentCount } from '@/lib/azure/assignment-count'
import type { Azure } from '@/lib/azure/client/clients'
import { AzureError } from '@/lib/azure/client/errors'
import { type OptionalList, type ReadList, readOptional } from '@/lib/azure/client/lists'
import type { OddRow } from '@/lib/azure/client/rows'
import { type Delegated, listDelegationDefinitions, listDelegations } from '@/lib/azure/delegations'
import { listDenyAssignments } from '@/lib/azure/deny-assignments'
import {
  type AssignmentSchedule,
  isUnlicensed,
  listAssignmentSchedules,
  listRoleAssignments,
  listRoleEligibilities,
  type RoleEligibility,
} from '@/lib/azure/role-assignments'
import { listRoleDefinitions } from '@/lib/azure/role-definitions'
import { getSubscription } from '@/lib/azure/subscriptions'
import type { DenyAssignment, HeldAssignment, RoleAssignment, RoleDefinition, Subscription } from '@/lib/domain/access'
import { keyInId } from '@/lib/domain/assignment-keys'
import { coverageOfList } from '@/lib/domain/coverage'
import { earliestOf } from '@/lib/domain/moments'
import { isInherited, scopeLevel } from '@/lib/domain/scopes'
import type { CoverageLine, Dataset, Drop, Kept, ManagementGroup } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import {
  ASSIGNMENTS,
  assignmentsLine,
  countOf,
  DEFINITIONS,
  delegationsLine,
  eligibleLine,
  keep,
  rolesLine,
  scopesLine,
} from './describe-azure'
import type { LastResult } from './last-result'

/** Everything that Resource Manager tells of a subscription, with what stands in for the lists that it refused. */
export type ReadOfAzure = {
  subscription: Subscription
  assignments: HeldAssignment[]
  roles: RoleDefinition[]
  denies: DenyAssignment[]
  managementGroups: ManagementGroup[] | null
  eligibleRead: boolean
  /** Names that come with the lists of Privileged Identity Management. */
  names: Map<string, string>
  /** Delegates by their ids, as the other tenant calls them and itself. */
  delegates: Map<string, Pick<Delegated, 'principalName' | 'organisation'>>
  /** Which lists were refused. What stands in for them does not say that they were read now. */
  refused: { eligible: boolean; delegations: boolean; denials: boolean }
  /** The ids of the management groups above the subscription, the root first; null when they could not be read this time. */
  chain: string[] | null
  lines: CoverageLine[]
}

/** Which subscription is read, and the tenant that it was connected in. */
export type ReadSubject = { subscriptionId: string; tenantId: string }

type Reading = {
  report: Report
  /** The time of the database. */
  now: Date
  /** Reads which management groups are above the subscription. */
  readPlace: () => Promise<ReadList<ManagementGroup>>
}

/**
 * Reads the lists side by side. The subscription, its assignments and the role definitions are essential: the run fails
 * with them. Every other one is optional: when it is refused, what the last result has of it stays, with its age. Two lists of
 * assignments are not believed, because they would look like access that was revoked: an empty one, since the reader's own
 * role must be in it, and one that shrank suddenly, which is read a second time and, if it stays short, published with a warning.
 */
export async function readAzure(
  azure: Azure,
  { subscriptionId, tenantId }: ReadSubject,
  last: LastResult,
  { report, now, readPlace }: Reading,
): Promise<ReadOfAzure> {
  report('reading_assignments')
  fetchTokensEarly(azure)
  const told = await last.readCounted()
  const isCountOld = !told || now.getTime() - Date.parse(told.at) >= COUNT_EVERY_HOURS * 3_600_000
  const [subscription, listed, roles, eligible, schedules, denies, managementGroups, delegated, counts] =
    await Promise.all([
      getOwnSubscription(azure, subscriptionId, tenantId),
      listRoleAssignments(azure, subscriptionId, {
        onPage: (assignments) => report('reading_assignments', { assignments }),
      }),
      listRoleDefinitions(azure, subscriptionId),
      readOptional('roleEligibilityScheduleInstances', () => listRoleEligibilities(azure, subscriptionId)),
      readOptional('roleAssignmentScheduleInstances', () => listAssignmentSchedules(azure, subscriptionId)),
      readOptional('denyAssignments', () => listDenyAssignments(azure, subscriptionId)),
      readOptional('managementGroups/getEntities', readPlace),
      readDelegations(azure, subscriptionId),
      isCountOld ? askCount(azure, subscriptionId) : null,
    ])
  if (listed.rows.length === 0) throw new AzureError('reader_role_missing', 'The list of role assignments was empty.')
  const before = await last.countAssignments()
  const believed = isSuspiciousDrop(before, listed)
    ? chooseLonger(listed, await listRoleAssignments(azure, subscriptionId))
    : listed
  const drop = await findDrop(believed, before, last, now)

  const own = countOwn(believed)
  // An earlier count says nothing about a list of another length.
  const earlier = told?.read === own ? told : null
  const [asked] = (counts ?? (earlier ? null : await askCount(azure, subscriptionId)))?.rows ?? []
  const counted = asked ? { azure: asked.counted, limit: asked.limit, read: own, at: now.toISOString() } : earlier

  const standing = await standIn({ believed, eligible, schedules, delegated }, last)
  const { rows, keptOf } = standing
  const unread = new Set(rows.map(({ roleId }) => roleId)).difference(new Set(roles.rows.map(({ id }) => id)))
  const rolesKept = await last.listRoles([...unread])
  const deniesKept = denies.refused ? await last.listDenies() : []
  const groupsKept = managementGroups.refused ? last.managementGroups : null
  const above = managementGroups.refused ? groupsKept : managementGroups.rows

  const linesOfRows = [
    assignmentsLine(believed, keptOf.assignments, { drop, counted }),
    eligibleLine(eligible, schedules, keptOf.eligible),
    delegationsLine(delegated, subscription, keptOf.delegations),
    rolesLine(roles, unread.size),
    coverageOfList('denies', countOf(denies), {
      forbidden: 'denies_not_permitted',
      kept: await keep(last, 'denies', deniesKept.length),
    }),
    scopesLine(managementGroups, rows, await keep(last, 'scopes', groupsKept?.length ?? 0)),
  ]
  const named = [...schedules.rows, ...eligible.rows]
  return {
    subscription,
    assignments: rows,
    roles: [...roles.rows, ...rolesKept],
    denies: denies.refused ? deniesKept : denies.rows,
    managementGroups: above && above.length > 0 ? above : null,
    eligibleRead: eligible.refused === null,
    refused: {
      eligible: eligible.refused !== null,
      delegations: delegated.refused !== null,
      denials: denies.refused !== null,
    },
    chain:
      managementGroups.refused || managementGroups.rows.length === 0 ? null : managementGroups.rows.map(({ id }) => id),
    names: new Map(named.flatMap(({ principalId, principalName: name }) => (name ? [[principalId, name]] : []))),
    delegates: new Map(delegated.rows.map((one) => [one.principalId, one])),
    lines: linesOfRows,
  }
}

/**
 * The subscription, if it is still in the tenant that it was connected in. In another one (it was transferred, or is seen
 * through Azure Lighthouse) the people who hold its roles are in a directory that this sign-in does not read.
 */
async function getOwnSubscription(azure: Azure, subscriptionId: string, tenantId: string): Promise<Subscription> {
  const subscription = await getSubscription(azure, subscriptionId)
  if (subscription.tenantId === tenantId.toLowerCase()) return subscription
  throw new AzureError('subscription_moved', 'The subscription is in another tenant than its connection.')
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

/** A list that shrank by at least this share, from at least this many, is read a second time. */
const SUSPICIOUS_SHARE = 0.5
const SUSPICIOUS_FROM = 10

const isSuspiciousDrop = (before: number, { rows, odd }: ReadList<RoleAssignment>) =>
  before >= SUSPICIOUS_FROM && rows.length + odd.length <= before * (1 - SUSPICIOUS_SHARE)

const chooseLonger = (one: ReadList<RoleAssignment>, other: ReadList<RoleAssignment>) =>
  other.rows.length > one.rows.length ? other : one

/**
 * Hours after which Azure is asked again how many assignments it counts, if as many are listed as before. That tells whether the list
 * hides some from the account, which seldom changes. Asking with every sync would add a request to about eight.
 */
const COUNT_EVERY_HOURS = 24

const askCount = (azure: Azure, subscriptionId: string) =>
  readOptional('roleAssignmentsUsageMetrics', async () => ({
    rows: [await readAssignmentCount(azure, subscriptionId)],
    odd: [],
  }))

/** How many of the listed assignments Azure counts for a subscription: those at and below it. */
const countOwn = ({ rows, odd }: ReadList<RoleAssignment>): number =>
  rows.filter(({ scope }) => !isInherited(scopeLevel(scope))).length + odd.length

/** Days for which runs go on telling that assignments are gone, unless these come back: long enough for people to see it. */
const DROP_TOLD_DAYS = 7

/**
 * The drop that a result has to tell of: one since the last result, or one that the last result told of and that is still
 * there. Null when there is none.
 */
async function findDrop(
  read: ReadList<RoleAssignment>,
  before: number,
  last: LastResult,
  now: Date,
): Promise<Drop | null> {
  if (last.publishedAt && isSuspiciousDrop(before, read)) return { before, since: last.publishedAt.toISOString() }
  const told = await last.readDrop()
  const isRecent = told && now.getTime() - Date.parse(told.since) < DROP_TOLD_DAYS * 24 * 60 * 60_000
  return isRecent && isSuspiciousDrop(told.before, read) ? told : null
}

type Lists = {
  believed: ReadList<RoleAssignment>
  eligible: OptionalList<RoleEligibility>
  schedules: OptionalList<AssignmentSchedule>
  delegated: OptionalList<Delegated>
}

/**
 * What is held and what may be activated, with kinds and times, and what of it stands in from the last result: the whole of
 * a list that was refused, and the rows that could not be understood this time.
 */
async function standIn({ believed, eligible, schedules, delegated }: Lists, last: LastResult) {
  const isLicensed = !(eligible.refused && isUnlicensed(eligible.refused))
  const [oddHeld, lastEligible, lastDelegated, lastTimes] = await Promise.all([
    last.listByKey(keysOf(believed.odd)),
    eligible.refused && isLicensed ? last.listEligible() : last.listByKey(keysOf(eligible.odd, 'eligible ')),
    delegated.refused || delegated.odd.length > 0 ? last.listDelegated() : [],
    schedules.refused && isLicensed ? last.listTimeBound() : [],
  ])
  const heldNow = mergeSchedules(believed.rows, schedules.rows, lastTimes)
  const now = [
    ...heldNow,
    ...eligible.rows.map((one): HeldAssignment => ({ ...one, kind: 'eligible', readAt: null })),
    ...delegated.rows.map((one): HeldAssignment => ({ ...one, readAt: null })),
  ]
  const known = new Set(now.map(({ key }) => key))
  const isLeft = ({ key }: HeldAssignment) => !known.has(key)
  const groups: [Dataset, HeldAssignment[]][] = [
    ['assignments', oddHeld.filter(isLeft)],
    ['eligible', lastEligible.filter(isLeft)],
    // A delegation whose row is odd may have had any number of principals, so every one that is not read now stays.
    ['delegations', lastDelegated.filter(isLeft)],
  ]
  const keptOf: Partial<Record<Dataset, Kept>> = {}
  for (const [dataset, rows] of groups) {
    const since = earliestOf(...rows.map(({ readAt }) => readAt))
    if (since) keptOf[dataset] = { kept: rows.length, keptSince: since.toISOString() }
  }
  return { rows: [...now, ...groups.flatMap(([, rows]) => rows)], keptOf }
}

/** The keys of the assignments that odd rows may be, from the ids that Azure gave them. */
const keysOf = (odd: readonly OddRow[], prefix = ''): string[] =>
  odd.flatMap(({ id }) => {
    const key = keyInId(id)
    return key ? [prefix + key] : []
  })

/**
 * The kinds and times of assignments. The list of assignments does not tell an activated role from a permanent one, nor
 * when it ends. The schedule that names the assignment as its origin does, and else the last result, when the schedules
 * could not be read.
 */
function mergeSchedules(
  assignments: RoleAssignment[],
  schedules: AssignmentSchedule[],
  lastTimes: HeldAssignment[],
): HeldAssignment[] {
  const byOrigin = new Map(schedules.map((schedule) => [schedule.originKey, schedule]))
  const before = new Map(lastTimes.map((one) => [one.key, one]))
  return assignments.map((assignment): HeldAssignment => {
    const schedule = byOrigin.get(assignment.key)
    const earlier = before.get(assignment.key)
    return {
      ...assignment,
      kind: schedule ? (schedule.activated ? 'activated' : 'active') : (earlier?.kind ?? 'active'),
      startsAt: schedule?.startsAt ?? earlier?.startsAt ?? null,
      endsAt: schedule?.endsAt ?? earlier?.endsAt ?? null,
      readAt: null,
    }
  })
}

async function readDelegations(azure: Azure, subscriptionId: string) {
  let unplaced = 0
  const definitions = await readOptional(DEFINITIONS, () => listDelegationDefinitions(azure, subscriptionId))
  if (definitions.refused) return { rows: [], odd: [], refused: definitions.refused, unplaced }
  const read = await readOptional(ASSIGNMENTS, async () => {
    const found = await listDelegations(azure, subscriptionId, definitions)
    unplaced = found.unplaced
    return found
  })
  return { ...read, unplaced }
}
