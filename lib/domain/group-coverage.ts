import type { GroupAges, GroupList, GroupMember } from './access'
import { BLIND_SPOTS } from './blind-spots'
import type { CoverageLine, CoverageState, Dataset } from './vocabulary'

/** What may be said of a group, given how far the lists of its members and owners were read. */

const lineOf = (coverage: readonly CoverageLine[], wanted: Dataset) =>
  coverage.find(({ dataset }) => dataset === wanted)

const isWhole = (coverage: readonly CoverageLine[], dataset: Dataset): boolean =>
  lineOf(coverage, dataset)?.state === 'whole'

/** Whether an opened group may hold service principals that were not read: only its people are known then. */
export const knowsPeopleOnly = (coverage: readonly CoverageLine[]): boolean => !isWhole(coverage, 'services_in_groups')

/** Whether it is known of each group that was opened who owns it. */
export const knowsOwners = (coverage: readonly CoverageLine[]): boolean => isWhole(coverage, 'group_owners')

/**
 * What is said of a group in which nobody is now, as sentences. It is called empty only if the lists of service principals
 * and of eligible members were read whole too, because somebody may be found in these.
 *
 * @param eligible how many can become members by activating that
 */
export function emptyGroupWords(eligible: number, coverage: readonly CoverageLine[]): string[] {
  const unread = (['services_in_groups', 'eligible_members'] as const).filter((dataset) => !isWhole(coverage, dataset))
  if (eligible === 0 && unread.length === 0) return ['Nobody: the group is empty, so its roles reach no one.']
  return [
    'Nobody is in it now.',
    ...(eligible > 0
      ? [`${eligible.toLocaleString('en')} can become ${eligible === 1 ? 'a member' : 'members'} by activating that.`]
      : []),
    ...unread.map((dataset) => unreadWords(dataset, coverage)),
  ]
}

/** What is said of a group of which no owner is known. */
export const ownerlessWords = (coverage: readonly CoverageLine[]): string =>
  knowsOwners(coverage)
    ? 'It has no owner. Whoever may change groups by a role in the directory itself can add members all the same.'
    : unreadWords('group_owners', coverage)

function unreadWords(dataset: Dataset, coverage: readonly CoverageLine[]): string {
  const { title, misses } = BLIND_SPOTS[dataset]
  const state = lineOf(coverage, dataset)?.state ?? 'not_asked'
  if (state === 'not_licensed') return `${title} are not read, because the tenant has no licence for them.`
  return `${title} were ${UNREAD[state]}: there may be ${misses}.`
}

const UNREAD: Record<Exclude<CoverageState, 'not_licensed'>, string> = {
  whole: 'read',
  partly: 'read only partly',
  not_permitted: 'not permitted to be read',
  not_readable: 'not readable',
  not_asked: 'not asked for',
}

/** Nothing of a group is from an earlier reading. */
export const NO_AGES: GroupAges = { members: null, services: null, eligible: null, owners: null }

/** The kind of data in the coverage that each list of a group belongs to. */
export const DATASET_OF_LIST: Record<GroupList, Dataset> = {
  members: 'groups',
  services: 'services_in_groups',
  eligible: 'eligible_members',
  owners: 'group_owners',
}

/** The list that a membership is read from. `ageOfMembership` in `db/queries/holder-filters.ts` says the same in SQL. */
export function listOfMember({ kind, membership }: Pick<GroupMember, 'kind' | 'membership'>): GroupList {
  if (membership === 'eligible') return 'eligible'
  return kind === 'service_principal' ? 'services' : 'members'
}
