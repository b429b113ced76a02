import { matchOdd, type OddRow } from '@/lib/azure/client/rows'
import type { ReadGroupList } from '@/lib/azure/group-questions'
import { isUnlicensed } from '@/lib/azure/role-assignments'
import { oddIds, refusedLine } from '@/lib/domain/coverage'
import { earliestOf } from '@/lib/domain/moments'
import type { ProblemCode, Refused } from '@/lib/domain/problems'
import type { CoverageLine, Dataset, PrincipalKind } from '@/lib/domain/vocabulary'
import type { DirectoryPart } from './directory'
import type { DirectoryReading } from './read-directory'
import type { Asks } from './read-groups'
import type { PeopleRead } from './read-principals'

/**
 * The lines of the coverage about the directory, as one connection needs it: its own groups and principals, from the readings
 * that they are from. What could not be read of other groups of the same readings is not its gap.
 *
 * @param peopleReadAt when what stands in for people that could not be read was really read
 */
export function describeDirectory(
  part: DirectoryPart,
  kinds: ReadonlyMap<string, PrincipalKind>,
  peopleReadAt: Date | null,
): CoverageLine[] {
  const { userIds, serviceIds, others } = sortByKind(kinds)
  const named = serviceIds.filter((id) => part.principals.get(id)?.name).length
  return [
    ...describeGroups(part),
    describePeople(userIds, mergePeople(part, userIds), peopleReadAt),
    describeNames(serviceIds.length, named, mergeServices(part.readings, serviceIds)),
    describeSignIns(userIds, mergeSignIns(part, userIds)),
    describeKinds(kinds.size, others),
  ]
}

/** Who is a user and who a service principal, and of how many it is not known; in one pass, because they may be everybody of a company. */
function sortByKind(kinds: ReadonlyMap<string, PrincipalKind>) {
  const sorted = { userIds: [] as string[], serviceIds: [] as string[], others: 0 }
  for (const [id, kind] of kinds) {
    if (kind === 'user') sorted.userIds.push(id)
    else if (kind === 'service_principal') sorted.serviceIds.push(id)
    else if (kind === 'other') sorted.others += 1
  }
  return sorted
}

type MergedGroups = {
  /** How many groups there are. */
  groups: number
  refusals: Map<ReadGroupList, { groups: Set<string>; first: Refused }>
  odd: Map<ReadGroupList, Map<string, readonly OddRow[]>>
}

function describeGroups({ groups, readingOf, readings, plan }: DirectoryPart): CoverageLine[] {
  // Groups that one of the readings left closed are not opened because another one opened its own.
  const isOpen = [...readingOf.values()].every(({ opened }) => opened.plan.way === plan.way)
  const way = isOpen ? plan.way : 'unopened'
  const lines =
    way !== 'members'
      ? describeUnopened(groups.size, mergeGroups({ groups, readingOf, readings }), readings, way)
      : describeOpened(mergeGroups({ groups, readingOf, readings }), asksOf(readings))
  return lines.map((line) => withKept(line, readingOf))
}

/** What was asked in all of the readings: a list that one of them left out is not called read. */
const asksOf = (readings: readonly DirectoryReading[]): Asks => {
  const withGroups = readings.filter(({ opened }) => opened.plan.way === 'members')
  return {
    eligible: withGroups.every(({ opened }) => opened.asks.eligible),
    activated: withGroups.every(({ opened }) => opened.asks.activated),
  }
}

function mergeGroups({
  groups,
  readingOf,
  readings,
}: Pick<DirectoryPart, 'groups' | 'readingOf' | 'readings'>): MergedGroups {
  const refusals: MergedGroups['refusals'] = new Map()
  const odd: MergedGroups['odd'] = new Map()
  for (const reading of readings) {
    const isOwn = (id: string) => groups.has(id) && readingOf.get(id) === reading
    for (const [list, refusal] of reading.opened.refusals) {
      const own = [...refusal.groups].filter(isOwn)
      const known = refusals.get(list)
      if (own.length > 0)
        refusals.set(list, {
          groups: new Set([...(known?.groups ?? []), ...own]),
          first: known?.first ?? refusal.first,
        })
    }
    for (const [list, rows] of reading.opened.odd) {
      const own = [...rows].filter(([id]) => isOwn(id))
      if (own.length > 0) odd.set(list, new Map([...(odd.get(list) ?? []), ...own]))
    }
  }
  return { groups: groups.size, refusals, odd }
}

/** The lines for groups that were opened from the people up, or not at all. */
function describeUnopened(
  missing: number,
  { refusals }: MergedGroups,
  readings: readonly DirectoryReading[],
  way: string,
): CoverageLine[] {
  const refused = refusals.get('members')?.first
  const odd = readings.flatMap(({ opened }) => opened.oddPeople)
  const line: CoverageLine =
    missing === 0
      ? { dataset: 'groups', state: 'whole', read: 0, missing: 0 }
      : refused
        ? { ...refusedLine('groups', refused, 'groups_not_permitted'), missing }
        : way === 'people'
          ? odd.length > 0
            ? { dataset: 'groups', state: 'partly', read: missing, missing: 0, why: 'odd_rows', ...oddIds(odd) }
            : { dataset: 'groups', state: 'whole', read: missing, missing: 0 }
          : { dataset: 'groups', state: 'not_asked', read: 0, missing, why: 'groups_not_asked' }
  return [line, ...describeUnasked(missing)]
}

/** A line with what stands in from an earlier reading. */
function withKept(line: CoverageLine, readingOf: DirectoryPart['readingOf']): CoverageLine {
  const kept = [...new Set(readingOf.values())].flatMap((reading) =>
    reading.kept.filter((one) => one.dataset === line.dataset && readingOf.get(one.groupId) === reading),
  )
  const since = earliestOf(...kept.map((one) => one.since))
  return since ? { ...line, kept: kept.reduce((sum, one) => sum + one.kept, 0), keptSince: since.toISOString() } : line
}

type MergedPeople = Pick<PeopleRead, 'refused' | 'binRefused' | 'odd'> & {
  people: { has(id: string): boolean; get(id: string): { status: string } | undefined }
}

/** What is said of a person is taken from the reading that tells who they are. */
type OfPrincipals = Pick<DirectoryPart, 'readings' | 'readingOfPrincipal'>

const mergePeople = ({ readings, readingOfPrincipal }: OfPrincipals, own: readonly string[]): MergedPeople => ({
  people: {
    has: (id) => readingOfPrincipal.get(id)?.people.people.has(id) ?? false,
    get: (id) => readingOfPrincipal.get(id)?.people.people.get(id),
  },
  refused: firstOf(readings, ({ people }) => people.refused),
  binRefused: firstOf(readings, ({ people }) => people.binRefused),
  odd: readings.flatMap(({ people }) => people.odd).filter(isAmong(own)),
})

const firstOf = <Found>(readings: readonly DirectoryReading[], find: (one: DirectoryReading) => Found | null) =>
  readings.map(find).find((found) => found !== null) ?? null

/** Whether a row that could not be understood may be of one of these. */
const isAmong = (own: readonly string[]) => (row: OddRow) => own.some(matchOdd([row]))

type MergedServices = { refused: Refused | null; odd: OddRow[] }

/** Null where one of the readings did not ask: what it left out is not called read because another one asked. */
function mergeServices(readings: readonly DirectoryReading[], own: readonly string[]): MergedServices | null {
  const asked = readings.flatMap(({ services }) => services ?? [])
  if (asked.length < readings.length) return null
  return {
    refused: asked.find(({ refused }) => refused)?.refused ?? null,
    odd: asked.flatMap(({ odd }) => odd).filter(isAmong(own)),
  }
}

type MergedSignIns = {
  has(id: string): boolean
  isLicensed: boolean
  refused: Refused | null
  odd: OddRow[]
  unasked: number
}

function mergeSignIns({ readings, readingOfPrincipal }: OfPrincipals, own: readonly string[]): MergedSignIns | null {
  const asked = readings.flatMap(({ signIns }) => signIns ?? [])
  if (asked.length < readings.length) return null
  return {
    has: (id) => readingOfPrincipal.get(id)?.signIns?.at.has(id) ?? false,
    isLicensed: asked.every(({ isLicensed }) => isLicensed),
    refused: asked.find(({ refused }) => refused)?.refused ?? null,
    odd: asked.flatMap(({ odd }) => odd).filter(isAmong(own)),
    unasked: asked.reduce((sum, { unasked }) => sum + unasked, 0),
  }
}

/** What each list of the groups is called in the coverage, and why it may be missing. */
const LISTS: { list: ReadGroupList; dataset: Dataset; forbidden: ProblemCode; unasked: ProblemCode }[] = [
  { list: 'members', dataset: 'groups', forbidden: 'groups_not_permitted', unasked: 'groups_not_asked' },
  {
    list: 'services',
    dataset: 'services_in_groups',
    forbidden: 'services_not_listed',
    unasked: 'services_not_listed',
  },
  {
    list: 'eligible',
    dataset: 'eligible_members',
    forbidden: 'eligible_members_not_permitted',
    unasked: 'eligible_members_not_asked',
  },
  {
    list: 'activated',
    dataset: 'activated_members',
    forbidden: 'eligible_members_not_permitted',
    unasked: 'activated_members_not_asked',
  },
  { list: 'owners', dataset: 'group_owners', forbidden: 'owners_not_permitted', unasked: 'owners_not_asked' },
]

/** The lines of all lists but that of the members, for groups that were not opened from the groups down. */
const describeUnasked = (missing: number): CoverageLine[] =>
  LISTS.filter(({ list }) => list !== 'members').map(({ dataset, unasked }) =>
    missing === 0
      ? { dataset, state: 'whole', read: 0, missing: 0 }
      : { dataset, state: 'not_asked', read: 0, missing, why: unasked },
  )

function describeOpened(read: MergedGroups, asks: Asks): CoverageLine[] {
  return LISTS.map(({ list, dataset, forbidden, unasked }): CoverageLine => {
    const wanted = read.groups
    const isAsked = list in asks ? asks[list as keyof Asks] : true
    if (!isAsked && wanted > 0) return { dataset, state: 'not_asked', read: 0, missing: wanted, why: unasked }
    const refusal = read.refusals.get(list)
    const missing = refusal?.groups.size ?? 0
    const odd = read.odd.get(list)
    if (refusal && isUnlicensed(refusal.first))
      return { dataset, state: 'not_licensed', read: 0, missing: 0, why: 'pim_not_licensed' }
    if (refusal && missing === wanted) return { ...refusedLine(dataset, refusal.first, forbidden), missing }
    if (refusal)
      return {
        ...refusedLine(dataset, refusal.first, list === 'members' ? 'group_hidden' : forbidden),
        state: 'partly',
        read: wanted - missing,
        missing,
      }
    if (odd)
      return {
        dataset,
        state: 'partly',
        read: wanted - odd.size,
        missing: odd.size,
        why: 'odd_rows',
        ...oddIds([...odd.values()].flat()),
      }
    return { dataset, state: 'whole', read: wanted, missing: 0 }
  })
}

function describePeople(
  userIds: string[],
  { people, refused, binRefused, odd }: MergedPeople,
  readAt: Date | null,
): CoverageLine {
  const missing = countWithout(userIds, people)
  const read = userIds.length - missing
  const kept = readAt && missing > 0 ? { kept: missing, keptSince: readAt.toISOString() } : {}
  if (refused && missing > 0) return { ...refusedLine('people', refused, 'directory_not_readable'), missing, ...kept }
  const line = { dataset: 'people' as const, read, missing }
  if (missing > 0) return { ...line, state: 'partly', why: 'odd_rows', ...oddIds(odd), ...kept }
  if (!binRefused) return { ...line, state: 'whole' }
  const gone = userIds.filter((id) => people.get(id)?.status === 'not_found').length
  // The bin would tell whether these were deleted lately, but it cannot be read.
  return gone > 0
    ? {
        ...line,
        state: 'partly',
        read: read - gone,
        missing: gone,
        why: 'bin_not_readable',
        refusal: binRefused.refusal,
      }
    : { ...line, state: 'whole' }
}

/** How many are not among those that were read. */
function countWithout(ids: readonly string[], read: { has(id: string): boolean }): number {
  let without = 0
  for (const id of ids) if (!read.has(id)) without += 1
  return without
}

function describeNames(wanted: number, named: number, services: MergedServices | null): CoverageLine {
  const line = { dataset: 'other_principals' as const, read: named, missing: wanted - named }
  if (services?.refused) return { ...refusedLine('other_principals', services.refused, 'names_not_permitted'), ...line }
  if (services && services.odd.length > 0)
    return { ...line, state: 'partly', missing: services.odd.length, why: 'odd_rows', ...oddIds(services.odd) }
  // One that is no longer in the directory counts as read: it is known to be gone.
  if (services || wanted === named) return { ...line, state: 'whole', missing: 0 }
  return { ...line, state: 'not_asked', why: 'names_not_asked' }
}

function describeSignIns(userIds: string[], signIns: MergedSignIns | null): CoverageLine {
  const wanted = userIds.length
  const read = signIns ? wanted - countWithout(userIds, signIns) : 0
  const line = { dataset: 'sign_ins' as const, read, missing: 0 }
  if (!signIns) return { ...line, state: 'not_asked', why: 'sign_ins_not_asked' }
  const { isLicensed, refused, odd, unasked } = signIns
  if (!isLicensed) return { ...line, state: 'not_licensed', why: 'sign_ins_not_licensed' }
  // People who have never signed in have no date, so only a reading that is not whole misses anyone.
  if (refused) {
    const { state, ...refusal } = refusedLine('sign_ins', refused, 'sign_ins_not_permitted')
    return { ...refusal, state: read > 0 ? 'partly' : state, read, missing: wanted - read }
  }
  // Some of those left out may be people of other connections, so at most the people here without a date are missing.
  const missing = Math.min(odd.length + unasked, wanted - read)
  if (missing === 0) return { ...line, state: 'whole' }
  return odd.length > 0
    ? { ...line, state: 'partly', missing, why: 'odd_rows', ...oddIds(odd) }
    : { ...line, state: 'partly', missing, why: 'sign_ins_too_many' }
}

function describeKinds(all: number, missing: number): CoverageLine {
  const line = { dataset: 'kinds' as const, read: all - missing, missing }
  return missing > 0 ? { ...line, state: 'partly', why: 'kinds_not_known' } : { ...line, state: 'whole' }
}
