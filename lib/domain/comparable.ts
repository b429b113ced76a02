import { BLIND_SPOTS } from './blind-spots'
import { STATE_WORDS } from './coverage'
import type { CoverageLine, Dataset } from './vocabulary'

/** Which lists of two results bear no comparison, because one of the two was not shown them whole. */
export type Incomparable = {
  /** Whatever depends on one of these lists is not comparable, whichever of the two results lacks it. */
  assignments: boolean
  eligible: boolean
  delegations: boolean
  activatedMembers: boolean
  /** What is not in the earlier (`from`) or the later (`to`) result may have been there all the same, by one of these lists. */
  services: { from: boolean; to: boolean }
  eligibleMembers: { from: boolean; to: boolean }
}

type Coverage = readonly CoverageLine[]

const lineOf = (coverage: Coverage, dataset: Dataset) => coverage.find((line) => line.dataset === dataset)

const isWhole = (coverage: Coverage, dataset: Dataset): boolean => lineOf(coverage, dataset)?.state === 'whole'

const isUnlicensed = (coverage: Coverage, dataset: Dataset): boolean =>
  lineOf(coverage, dataset)?.state === 'not_licensed'

/** Nothing was read of a list, and nothing stands in for it: two results like that say the same of it, which is nothing. */
const isBlank = (coverage: Coverage, dataset: Dataset): boolean => {
  const line = lineOf(coverage, dataset)
  return !line || (line.state !== 'whole' && line.state !== 'partly' && !line.kept)
}

/** Which lists of two results cannot be compared, by how far each of them was read. */
export function findIncomparable(from: Coverage, to: Coverage): Incomparable {
  const areBoth = (test: (coverage: Coverage, dataset: Dataset) => boolean, dataset: Dataset) =>
    test(from, dataset) && test(to, dataset)
  const areComparable = (dataset: Dataset) => areBoth(isWhole, dataset) || areBoth(isBlank, dataset)
  const mayBeIn = (absent: Coverage, dataset: Dataset) => !isWhole(absent, dataset) && !areBoth(isBlank, dataset)
  return {
    assignments: oddOf(from) !== oddOf(to),
    // Of a list that was refused twice, what stands in may be of two different readings in between.
    eligible: !areBoth(isWhole, 'eligible'),
    delegations: !areBoth(isWhole, 'delegations'),
    activatedMembers: !areComparable('activated_members'),
    services: { from: mayBeIn(from, 'services_in_groups'), to: mayBeIn(to, 'services_in_groups') },
    eligibleMembers: { from: mayBeIn(from, 'eligible_members'), to: mayBeIn(to, 'eligible_members') },
  }
}

/** Which assignments could not be understood: of the same ones in both results, nothing is known in either. */
function oddOf(coverage: Coverage): string {
  const line = lineOf(coverage, 'assignments')
  if (!line) return 'not told'
  return line.state === 'whole' ? '' : JSON.stringify([line.missing, line.odd?.toSorted() ?? []])
}

/** The lists that decide who has what, the first of which matter most. */
const LISTS: readonly Dataset[] = [
  'assignments',
  'eligible',
  'delegations',
  'groups',
  'services_in_groups',
  'eligible_members',
  'activated_members',
]

/** How far a list was read by each of two results, where one of them at least did not read it whole. */
export type UnevenList = { title: string; from: string; to: string }

/** The lists that decide who has what and were not read whole by both of two results, in words. Without a licence there is nothing to read. */
export function listUneven(from: Coverage, to: Coverage): UnevenList[] {
  const isEven = (dataset: Dataset) => [isWhole, isUnlicensed].some((test) => test(from, dataset) && test(to, dataset))
  return LISTS.filter((dataset) => !isEven(dataset)).map((dataset) => ({
    title: BLIND_SPOTS[dataset].title,
    from: wordsOf(from, dataset),
    to: wordsOf(to, dataset),
  }))
}

function wordsOf(coverage: Coverage, dataset: Dataset): string {
  const line = lineOf(coverage, dataset)
  return line ? STATE_WORDS[line.state](line).replace(/\.$/, '') : 'not told'
}
