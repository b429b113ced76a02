import type { Azure } from '@/lib/azure/client/clients'
import { isGuestAccount } from '@/lib/azure/people'
import { resolveKinds } from '@/lib/azure/principal-kinds'
import type { Access, HeldAssignment, ReadGroup } from '@/lib/domain/access'
import { countReached, summariseHolders } from '@/lib/domain/holders'
import { OPTIONAL_PERMISSIONS } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import { type CoverageLine, DATASETS, type PrincipalKind, rankOf } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import { keepUnreadGroups } from './keep-groups'
import type { LastResult } from './last-result'
import { confirmMissing } from './missing-principals'
import { type ReadSubject, readAzure } from './read-azure'
import { openGroups } from './read-groups'
import { readPrincipals } from './read-principals'

/**
 * Reads who holds what on a subscription, directly and through groups, and sums it up. Nothing is written. Throws an
 * AzureError when the subscription, its assignments or the role definitions cannot be read, when Microsoft Graph is out of
 * order while people are read, and when the sign-in has ended; what else cannot be read is told by the coverage, and what
 * the last result has of it stays.
 */
export async function readAccess(
  azure: Azure,
  subject: ReadSubject,
  last: LastResult,
  report: Report,
): Promise<Access> {
  const read = await readAzure(azure, subject, last, report)
  report('reading_groups', { assignments: read.assignments.length })

  // A token that is new tells which of the optional permissions the tenant still grants.
  const { tokens } = azure.caller
  await tokens.get('graph')
  const granted = tokens.granted()
  const agents = new Set<string>()
  const assignments = await tellKinds(azure, read.assignments, last, agents)
  const roots = [...new Set([...listGroupsHolding(assignments), ...listGroupsDenied(read.denies)])]
  const opened = await openGroups(azure, roots, granted, report)
  const assignedOn = findOldest(assignments)
  const missingGroups = await confirmGroups(opened.groups, assignedOn, last)
  const groupLines = await keepUnreadGroups(opened, last)
  await tellMemberKinds(azure, opened.groups, last)

  const kinds = listKinds(assignments, opened.groups, agents)
  const wanted = { ...read, kinds, agents, opened, granted, assignedOn, missingGroups }
  const { principals, lines } = await readPrincipals(azure, wanted, last, report)

  const coverage = [...read.lines, ...groupLines, ...lines].map((line) => markWithdrawn(line, tokens.withdrawn()))
  const access = {
    subscription: read.subscription,
    assignments,
    roles: read.roles,
    denies: read.denies,
    managementGroups: read.managementGroups,
    groups: opened.groups,
    roots,
    sizes: countMembers(opened.groups),
    principals,
    eligibleRead: read.eligibleRead,
    coverage: sortLines(await markGranted(azure, coverage, granted)),
    plan: opened.plan,
  }
  return { ...access, summarised: summariseHolders(access) }
}

/**
 * The assignments with the kinds of their principals. Where Azure named none that is known here, the directory is asked,
 * and else what earlier runs knew stands. Adds those that are AI agents to `agents`.
 */
async function tellKinds(
  azure: Azure,
  assignments: HeldAssignment[],
  last: LastResult,
  agents: Set<string>,
): Promise<HeldAssignment[]> {
  for (const { agent, principalId } of assignments) if (agent) agents.add(principalId)
  const unknown = assignments.filter(({ principalKind }) => principalKind === 'other')
  const told = await askKinds(azure, [...new Set(unknown.map(({ principalId }) => principalId))], last)
  for (const [id, { agent }] of told) if (agent) agents.add(id)
  return assignments.map((one) =>
    one.principalKind === 'other' ? { ...one, principalKind: told.get(one.principalId)?.kind ?? 'other' } : one,
  )
}

/** The same for members and owners of groups. A member that turns out to be a group stays one that is not known: it was not opened. */
async function tellMemberKinds(azure: Azure, groups: Map<string, ReadGroup>, last: LastResult): Promise<void> {
  const all = [...groups.values()].flatMap(({ members, owners }) => [...members, ...owners])
  const unknown = all.filter(({ kind }) => kind === 'other')
  const told = await askKinds(azure, [...new Set(unknown.map(({ id }) => id))], last)
  for (const one of unknown) {
    const known = told.get(one.id)
    if (known && known.kind !== 'group') Object.assign(one, known)
  }
}

async function askKinds(azure: Azure, ids: string[], last: LastResult) {
  if (ids.length === 0) return new Map<string, { kind: PrincipalKind; agent: boolean }>()
  const told = await resolveKinds(azure, ids)
  const before = await last.listPrincipals(ids.filter((id) => !told.has(id)))
  for (const { id, kind } of before) if (kind !== 'other') told.set(id, { kind, agent: false })
  return told
}

/**
 * What is said of the groups that the directory does not know: one that was made moments ago is not known everywhere yet,
 * so it is first called unconfirmed, and not readable.
 */
async function confirmGroups(
  groups: Map<string, ReadGroup>,
  assignedOn: ReadonlyMap<string, Date>,
  last: LastResult,
): Promise<Map<string, ReturnType<typeof confirmMissing>>> {
  const missing = [...groups.values()].filter(({ state }) => state === 'not_found')
  const before = new Map((await last.listPrincipals(missing.map(({ id }) => id))).map((one) => [one.id, one]))
  const now = await last.now()
  return new Map(
    missing.map((group) => {
      const look = { assignedOn: assignedOn.get(group.id), binRead: true, now }
      const confirmed = confirmMissing(before.get(group.id), look)
      if (confirmed.status === 'unconfirmed') group.state = 'not_readable'
      return [group.id, confirmed]
    }),
  )
}

const listGroupsHolding = (assignments: HeldAssignment[]): string[] =>
  assignments.filter(({ principalKind }) => principalKind === 'group').map(({ principalId }) => principalId)

const listGroupsDenied = (denies: Access['denies']): string[] =>
  denies
    .flatMap(({ principals, excluded }) => [...principals, ...excluded])
    .filter(({ kind }) => kind === 'group')
    .map(({ id }) => id)

/** Everyone and everything with access, the groups it runs through and their owners, with what each of them is. */
function listKinds(
  assignments: HeldAssignment[],
  groups: ReadonlyMap<string, ReadGroup>,
  agents: Set<string>,
): Map<string, PrincipalKind> {
  const kinds = new Map<string, PrincipalKind>()
  // A delegation is what another tenant says: it tells the kind only of principals that nothing of our own names.
  const isDelegated = ({ principalKind }: HeldAssignment) => principalKind === 'delegate'
  const inOrder = [...assignments.filter(isDelegated), ...assignments.filter((one) => !isDelegated(one))]
  for (const { principalId, principalKind } of inOrder) kinds.set(principalId, principalKind)
  for (const { members, owners } of groups.values()) {
    for (const { id, kind, agent } of [...members, ...owners]) {
      if (kind !== 'other' || !kinds.has(id)) kinds.set(id, kind)
      if (agent) agents.add(id)
    }
  }
  for (const id of groups.keys()) kinds.set(id, 'group')
  return kinds
}

/** When the oldest assignment of each principal was made. */
function findOldest(assignments: HeldAssignment[]): Map<string, Date> {
  const oldest = new Map<string, Date>()
  for (const { principalId, createdOn } of assignments) {
    const known = oldest.get(principalId)
    if (createdOn && (!known || createdOn < known)) oldest.set(principalId, createdOn)
  }
  return oldest
}

/** Of every group whose members are known: how many are below it at any depth. */
function countMembers(groups: ReadonlyMap<string, ReadGroup>): Map<string, number> {
  const known = [...groups.values()].filter(
    ({ state, ages }) => state === 'whole' || state === 'partly' || state === 'flat' || ages.members !== null,
  )
  return new Map(known.map(({ id }) => [id, countReached(groups, id)]))
}

const permissionOf = ({ dataset }: CoverageLine) => OPTIONAL_PERMISSIONS.find((one) => one.dataset === dataset)

/**
 * A line of the coverage that says so if the permission behind it was granted once and is no longer: it was asked for,
 * and refused. Another way may still have read the whole.
 */
function markWithdrawn(line: CoverageLine, withdrawn: readonly string[]): CoverageLine {
  const permission = permissionOf(line)
  if (!permission || !withdrawn.includes(permission.scope)) return line
  const state = line.state === 'not_asked' ? 'not_permitted' : line.state
  return { ...line, state, why: 'optional_consent_withdrawn' }
}

/**
 * Lines that were refused although their permission is granted: asking for the permission again would change nothing, so
 * the account is named as the cause. `User.Read.All`, which people are read with, is granted with every sign-in.
 */
async function markGranted(azure: Azure, lines: CoverageLine[], granted: readonly string[]): Promise<CoverageLine[]> {
  const isGranted = (line: CoverageLine) => {
    const scope = permissionOf(line)?.scope
    return line.state === 'not_permitted' && (line.dataset === 'people' || (scope && granted.includes(scope)))
  }
  if (!lines.some(isGranted)) return lines
  const isGuest = await isGuestAccount(azure)
  const reasonOf = ({ dataset }: CoverageLine) =>
    isGuest ? 'guest_account' : (OF_THE_ACCOUNT[dataset] ?? 'granted_but_refused')
  return lines.map((line) => (isGranted(line) ? { ...line, granted: true, why: reasonOf(line) } : line))
}

/** Where the account needs more than the permission, the problem that says what. */
const OF_THE_ACCOUNT: Partial<Record<CoverageLine['dataset'], ProblemCode>> = {
  people: 'directory_not_readable',
  sign_ins: 'sign_ins_not_permitted',
  eligible_members: 'eligible_members_not_permitted',
}

const sortLines = (lines: CoverageLine[]): CoverageLine[] =>
  lines.toSorted((one, other) => rankOf(DATASETS, one.dataset) - rankOf(DATASETS, other.dataset))
