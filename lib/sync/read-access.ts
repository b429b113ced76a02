import type { Azure } from '@/lib/azure/client/clients'
import { isGuestAccount } from '@/lib/azure/people'
import { describeDirectory } from '@/lib/directory/describe-directory'
import { type DirectoryPart, readThrough } from '@/lib/directory/directory'
import { readPlace } from '@/lib/directory/places'
import { askKinds, listKinds, type NamedPrincipal, type WantedOfDirectory } from '@/lib/directory/read-directory'
import { type StoredDirectory, storedDirectoryOf } from '@/lib/directory/stored-directory'
import type { HeldAssignment, PrincipalFacts } from '@/lib/domain/access'
import { FRESH_MINUTES } from '@/lib/domain/coverage'
import { OPTIONAL_PERMISSIONS } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import { type CoverageLine, DATASETS, type PrincipalKind, type RunTrigger, rankOf } from '@/lib/domain/vocabulary'
import type { ClaimedRun, Report } from '@/lib/runs/runs'
import type { LastResult } from './last-result'
import { type ReadOfAzure, readAzure } from './read-azure'
import { isOneOfMany, wantedByOpenRuns } from './wanted-by-open-runs'

/** Everything that a run read. Nothing of it is written before all of it is here. */
export type ReadAccess = Pick<
  ReadOfAzure,
  'subscription' | 'assignments' | 'roles' | 'denies' | 'managementGroups' | 'eligibleRead' | 'refused' | 'chain'
> & {
  /** When the reading of the assignments began, by the clock of the database. */
  beganAt: Date
  /** The groups that hold an assignment or are named in a denial. */
  roots: string[]
  directory: DirectoryPart
  /** Principals of other tenants, and names that only this reading knows. */
  ownPrincipals: Map<string, PrincipalFacts>
  coverage: CoverageLine[]
}

/** A run as far as reading is concerned. */
export type ReadingRun = Pick<
  ClaimedRun,
  'organisationId' | 'id' | 'fence' | 'connection' | 'account' | 'trigger' | 'requestedAt'
>

/**
 * Reads who holds what on a subscription, directly and through groups. Nothing is written. Throws an AzureError when the
 * subscription, its assignments or the role definitions cannot be read, when Microsoft Graph is out of order while people are
 * read, and when the sign-in has ended; what else cannot be read is told by the coverage, and what the last result has of it stays.
 */
export async function readAccess(azure: Azure, run: ReadingRun, last: LastResult, report: Report): Promise<ReadAccess> {
  const stored = storedDirectoryOf(run.account)
  const beganAt = await stored.now()
  const since = freshSince(run, beganAt)
  const { subscriptionId } = run.connection
  const place = { owner: run.account, subscriptionId, since, now: beganAt, isOneOfMany: () => isOneOfMany(run) }
  const read = await readAzure(azure, run.connection, last, {
    ...{ report, now: beganAt },
    readPlace: () => readPlace(azure, place),
  })
  report('reading_groups', { assignments: read.assignments.length })

  // A token that is new tells which of the optional permissions the tenant still grants.
  const { tokens } = azure.caller
  await tokens.get('graph')
  const granted = tokens.granted()
  const assignments = await tellKinds(azure, read.assignments, stored)
  const wanted = listWanted({ ...read, assignments })
  const directory = await readThrough(azure, {
    owner: run.account,
    run,
    wanted,
    listsAll: READS_ANEW.includes(run.trigger),
    since,
    alsoWanted: () => wantedByOpenRuns(run),
    ...{ granted, report },
  })
  const agents = new Set<string>()
  const kinds = listKinds(listNamed(assignments), directory.groups, agents)
  const lines = describeDirectory(directory, kinds, await last.readAt('people'))
  const coverage = [...read.lines, ...lines].map((line) => markWithdrawn(line, tokens.withdrawn()))
  return {
    ...read,
    ...{ beganAt, assignments, directory },
    roots: wanted.roots,
    ownPrincipals: findOwnPrincipals({ ...read, assignments }, kinds, directory),
    coverage: sortLines(await markGranted(azure, coverage, granted)),
  }
}

/**
 * What was read of the directory before this is too old for a run. Whoever asks for a sync by hand wants what is there now, also
 * when it succeeds at a second try only; other runs take what one has read a few minutes ago.
 */
const freshSince = ({ trigger, requestedAt }: ReadingRun, beganAt: Date): Date =>
  READS_ANEW.includes(trigger) ? requestedAt : new Date(beganAt.getTime() - FRESH_MINUTES * 60_000)

const READS_ANEW: readonly RunTrigger[] = ['manual', 'retry']

type Named = Pick<ReadOfAzure, 'assignments' | 'denies' | 'names'>

function listWanted({ assignments, denies, names }: Named): WantedOfDirectory {
  const roots = [...new Set([...listGroupsHolding(assignments), ...listGroupsDenied(denies)])]
  const principals = new Map<string, NamedPrincipal>()
  for (const { principalId: id, principalKind: kind, agent, createdOn } of assignments) {
    if (kind === 'delegate') continue
    const known = principals.get(id)
    const assignedOn = earlier(known?.assignedOn ?? null, createdOn)
    principals.set(id, { kind, agent: agent || (known?.agent ?? false), assignedOn, name: names.get(id) ?? null })
  }
  return { roots, principals }
}

const earlier = (one: Date | null, other: Date | null): Date | null =>
  one && other ? (other < one ? other : one) : (one ?? other)

/**
 * The kinds of principals by the assignments that name them. A delegation comes from another tenant, so what it says counts only for
 * principals that no assignment of this tenant names.
 */
const listNamed = (assignments: HeldAssignment[]): [string, { kind: PrincipalKind }][] => {
  const isDelegated = ({ principalKind }: HeldAssignment) => principalKind === 'delegate'
  const inOrder = [...assignments.filter(isDelegated), ...assignments.filter((one) => !isDelegated(one))]
  return inOrder.map(({ principalId, principalKind }) => [principalId, { kind: principalKind }])
}

/**
 * The assignments with the kinds of their principals. Where Azure named none that is known here, the directory is asked,
 * and else what earlier runs knew stands.
 */
async function tellKinds(azure: Azure, assignments: HeldAssignment[], stored: StoredDirectory) {
  const unknown = assignments.filter(({ principalKind }) => principalKind === 'other')
  const told = await askKinds(azure, [...new Set(unknown.map(({ principalId }) => principalId))], stored)
  return assignments.map((one): HeldAssignment => {
    const known = one.principalKind === 'other' ? told.get(one.principalId) : undefined
    return known ? { ...one, principalKind: known.kind, agent: one.agent || known.agent } : one
  })
}

const listGroupsHolding = (assignments: HeldAssignment[]): string[] =>
  assignments.filter(({ principalKind }) => principalKind === 'group').map(({ principalId }) => principalId)

const listGroupsDenied = (denies: ReadOfAzure['denies']): string[] =>
  denies
    .flatMap(({ principals, excluded }) => [...principals, ...excluded])
    .filter(({ kind }) => kind === 'group')
    .map(({ id }) => id)

/** What the reading of a subscription tells of principals beyond the directory: who delegates are, and names of what has none there. */
function findOwnPrincipals(
  { assignments, delegates, names }: Pick<ReadOfAzure, 'assignments' | 'delegates' | 'names'>,
  kinds: ReadonlyMap<string, PrincipalKind>,
  { principals }: DirectoryPart,
): Map<string, PrincipalFacts> {
  const own = new Map<string, PrincipalFacts>()
  for (const { principalId: id } of assignments) {
    const facts = principals.get(id)
    const name = names.get(id)
    if (facts && facts.name === null && name) own.set(id, { ...facts, name })
    if (facts || kinds.get(id) !== 'delegate') continue
    const delegate = delegates.get(id)
    own.set(id, {
      ...{ id, kind: 'delegate', status: 'other_tenant', name: delegate?.principalName ?? null },
      ...{ email: null, emailSource: null, userPrincipalName: null, guest: null, missingSince: null },
      ...{ variety: null, lastSignInAt: null, organisation: delegate?.organisation ?? null },
    })
  }
  return own
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
