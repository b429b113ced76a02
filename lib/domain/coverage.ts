import type { OddRows } from './access'
import { BLIND_SPOTS } from './blind-spots'
import { OPTIONAL_PERMISSIONS } from './permissions'
import { explain, type ProblemCode, type Refused } from './problems'
import type {
  AzureCount,
  ConnectionState,
  CoverageLine,
  CoverageState,
  Dataset,
  Drop,
  GroupPlanWhy,
  Kept,
} from './vocabulary'
import { momentWords, upperFirst } from './words'

/** How far a kind of data was read, with the counts behind it. */
export const STATE_WORDS: Record<CoverageState, (counts: { read: number; missing: number }) => string> = {
  whole: ({ read }) => (read === 0 ? 'read whole, there are none.' : `read whole, ${digits(read)}.`),
  partly: ({ read, missing }) =>
    missing > 0 ? `read partly, ${digits(read)} of ${digits(read + missing)}.` : `read partly, ${digits(read)}.`,
  not_permitted: ({ missing }) => `not permitted${missing > 0 ? `, ${digits(missing)} not read` : ''}.`,
  not_readable: ({ missing }) => `not readable${missing > 0 ? `, ${digits(missing)} not read` : ''}.`,
  not_licensed: () => 'not licensed in this tenant.',
  not_asked: ({ missing }) => `not asked for${missing > 0 ? `, ${digits(missing)} not read` : ''}.`,
}

const digits = (count: number): string => count.toLocaleString('en')

/** What was read of a list: how many rows, those that could not be understood, and the refusal when there was one. */
type ReadOfList = { read: number; odd: OddRows; refused: Refused | null }

/** The most ids of odd rows that a line carries: enough to find out what they are. */
const MOST_ODD_IDS = 20

/**
 * The line of the coverage for a list, from what was read of it. A refusal with 403 is about a right and is explained by
 * `forbidden`; any other one by what Microsoft answered.
 *
 * @param kept what stands in for it from an earlier reading
 */
export function coverageOfList(
  dataset: Dataset,
  { read, odd, refused }: ReadOfList,
  { forbidden, kept }: { forbidden: ProblemCode; kept?: Kept | null },
): CoverageLine {
  if (refused) return { ...refusedLine(dataset, refused, forbidden), ...kept }
  if (odd.length > 0)
    return { dataset, state: 'partly', read, missing: odd.length, why: 'odd_rows', ...oddIds(odd), ...kept }
  return { dataset, state: 'whole', read, missing: 0 }
}

/** The line for a list that was refused as a whole. */
export function refusedLine(dataset: Dataset, { code, refusal }: Refused, forbidden: ProblemCode): CoverageLine {
  const line = { dataset, read: 0, missing: 0, refusal }
  if (refusal.status === 403) return { ...line, state: 'not_permitted', why: forbidden }
  return { ...line, state: 'not_readable', why: PASSES.includes(code) ? code : 'list_refused' }
}

/** The ids of odd rows as a line carries them. */
export const oddIds = (odd: OddRows): { odd: string[] } => ({
  odd: odd.slice(0, MOST_ODD_IDS).map(({ id }) => id ?? 'a row without an id'),
})

/** Refusals that are over soon, so that the next sync should not wait for its schedule. */
const PASSES: readonly ProblemCode[] = ['throttled', 'azure_unreachable', 'bad_answer']

/** Whether a line misses something that a sync in some minutes would probably read. */
export const isPassing = ({ state, why }: CoverageLine): boolean =>
  state !== 'whole' && PASSES.some((code) => code === why)

/** Coverage in one line: its gaps, or that there are none, and what was not asked for. */
export function coverageSummary(coverage: CoverageLine[]): string {
  const gaps = coverage.filter(isGap).map(gapWords)
  const notAsked = coverage.filter(({ state }) => state === 'not_asked').map(notAskedWords)
  const read = gaps.length === 0 ? 'everything asked for was read whole.' : `${gaps.join('; ')}.`
  return notAsked.length === 0 ? read : `${read} Not asked for: ${notAsked.join(', ')}.`
}

/** How many of the kinds of data were read whole, as the shortest thing to say about coverage: `8 of 9`. */
export function coverageShare(coverage: CoverageLine[]): string {
  const whole = coverage.filter((line) => line.state === 'whole' && !isGap(line))
  return `${whole.length} of ${coverage.length}`
}

/** Without the right to read these, nothing is missing from who holds what, so that is no gap. */
const NO_GAP_WITHOUT_RIGHT: readonly Dataset[] = ['denies', 'scopes']

/**
 * Whether a line is no reason for anybody to do anything: Microsoft gives out last sign-ins so slowly that a large
 * directory's are never all read. It is told, but it is no gap to be looked at.
 */
export const needsNothing = ({ why }: Pick<CoverageLine, 'why'>): boolean => why === 'sign_ins_too_many'

/** Whether a line is about something that was asked for and not read whole, or that is hard to believe. */
export function isGap(line: Pick<CoverageLine, 'dataset' | 'state' | 'why' | 'drop'>): boolean {
  const { dataset, state } = line
  if (line.drop) return true
  if (state === 'partly' || state === 'not_readable') return !needsNothing(line)
  return state === 'not_permitted' && !NO_GAP_WITHOUT_RIGHT.includes(dataset)
}

/** What one gap is, in few words: `3 groups not opened`, or the title of its cause. */
export function gapWords({ dataset, read, missing, why, refusal, drop }: CoverageLine): string {
  const { one, many, title } = BLIND_SPOTS[dataset]
  if (drop) return dropWords(drop, read)
  const missed = `${digits(missing)} ${missing === 1 ? one : many}`
  if (why === 'odd_rows' && dataset === 'groups') return 'Some members of groups not understood'
  if (dataset === 'groups' && missing > 0) return `${missed} not opened`
  if (why === 'odd_rows') return `${missed} not understood`
  if (refusal && refusal.status !== 403) return `${title}: ${refusalWords(refusal)}`
  if (why) return explain(why).title
  return missing > 0 ? `${missed} not read` : `${many} not read whole`
}

/** How many assignments are gone since an earlier result: `30 of 40 role assignments are gone since 3 November 2026`. */
export function dropWords({ before, since }: Drop, read: number): string {
  const day = new Date(since).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return `${digits(before - read)} of ${digits(before)} role assignments are gone since ${day}`
}

/** How many role assignments Azure itself counts, beside what was read: a list that hides some from an account does not say so. */
export function countedSentence({ azure, read, at }: AzureCount): string {
  const count = `Azure itself counted ${digits(azure)} at and below the subscription on ${momentWords(new Date(at))}`
  if (azure === read) return `${count}, as many as were read there.`
  const more = Math.abs(azure - read)
  if (azure < read)
    return `${count}, and ${digits(read)} were read there: ${digits(more)} may have been made or removed in between.`
  return `${count}, and ${digits(read)} were read there: ${digits(more)} ${more === 1 ? 'is' : 'are'} perhaps hidden from the account, or were made in between.`
}

/** Whether asking for a permission that was not granted would bring more of a kind of data. */
export const isAskable = ({ dataset, state, granted }: CoverageLine): boolean =>
  !granted &&
  (state === 'not_asked' || state === 'not_permitted') &&
  OPTIONAL_PERMISSIONS.some((permission) => permission.dataset === dataset)

/** How Microsoft refused a list: `refused with 404 NoRegisteredProviderFound`. */
export function refusalWords({ status, microsoftCode }: NonNullable<CoverageLine['refusal']>): string {
  if (status === null) return 'no usable answer'
  return `refused with ${status}${microsoftCode ? ` ${microsoftCode}` : ''}`
}

function notAskedWords({ dataset, missing }: CoverageLine): string {
  if (dataset === 'groups' && missing > 0)
    return missing === 1 ? 'who is in 1 group that holds roles' : `who is in ${digits(missing)} groups that hold roles`
  const { title } = BLIND_SPOTS[dataset]
  return title.charAt(0).toLowerCase() + title.slice(1)
}

/** What a way to a role can run through. */
const LEADS_TO_ROLES: readonly Dataset[] = [
  'assignments',
  'eligible',
  'delegations',
  'groups',
  'services_in_groups',
  'eligible_members',
]

/** Without a licence there are no eligible roles to be missed, and without groups nobody to be missed in them. */
const listMissed = (coverage: readonly CoverageLine[]): CoverageLine[] =>
  coverage.filter(
    ({ dataset, state }) => LEADS_TO_ROLES.includes(dataset) && state !== 'whole' && state !== 'not_licensed',
  )

/** Whether a result knows which roles are only eligible: its list of them was not refused, though single rows may be odd. */
export const knowsEligible = (coverage: readonly CoverageLine[]): boolean =>
  coverage.some(({ dataset, state }) => dataset === 'eligible' && (state === 'whole' || state === 'partly'))

/** Which ways to a role may not be shown because something was not read, as sentences; none when all of it was read. */
export const missedWords = (coverage: readonly CoverageLine[]): string[] =>
  listMissed(coverage).map((line) => {
    if (line.dataset === 'groups' && line.why === 'odd_rows')
      return 'Some members of groups could not be understood: a role may be held by them too.'
    if (line.dataset === 'groups')
      return `${closedGroups(line.missing)} not opened: a role may be held through them too.`
    return `${missedPart(line)}, so there may be ${BLIND_SPOTS[line.dataset].misses} that this list does not show.`
  })

/**
 * Why it cannot be said of a person whom a result does not list that they have no role there; null when it can. What was
 * not asked for counts only for groups that stayed closed: whether somebody holds a role now hangs on these.
 *
 * @param coverage null before the first result
 */
export function whyUnknown(coverage: readonly CoverageLine[] | null): string | null {
  if (coverage === null) return 'Nothing was read yet'
  const line = coverage.find(
    (one) =>
      HOLD_PEOPLE.includes(one.dataset) &&
      one.state !== 'whole' &&
      (isGap(one) || (one.dataset === 'groups' && one.missing > 0)),
  )
  return line ? upperFirst(gapWords(line)) : null
}

/** A connected subscription of which not everything is known, and why. */
export type Unread = { id: string; label: string; why: string }

type Readable = {
  id: string
  label: string
  state: ConnectionState
  publishedAt: Date | null
  coverage: readonly CoverageLine[] | null
  /** Why nothing of it is shown as of a moment, which the band of the past says. */
  notShown?: string | null
}

/** The connected subscriptions of which it cannot be said that whoever is not listed has no role in them. */
export function listUnread(connections: readonly Readable[]): Unread[] {
  return connections.flatMap(({ id, label, state, publishedAt, coverage, notShown }) => {
    const why = state === 'disconnected' || notShown ? null : whyUnknown(publishedAt ? (coverage ?? []) : null)
    return why ? [{ id, label, why }] : []
  })
}

/** Kinds of data without which a person's role may be missing. */
const HOLD_PEOPLE: readonly Dataset[] = ['assignments', 'eligible', 'groups', 'eligible_members']

const missedPart = ({ dataset, state, read, missing }: CoverageLine): string => {
  const { title } = BLIND_SPOTS[dataset]
  return `${title} ${title.endsWith('s') ? 'were' : 'was'} ${STATE_WORDS[state]({ read, missing }).replace(/\.$/, '')}`
}

function closedGroups(missing: number): string {
  if (missing === 0) return 'Some groups that hold roles were'
  return missing === 1 ? '1 group that holds roles was' : `${digits(missing)} groups that hold roles were`
}

/** Why groups were opened the way they were, as one sentence. */
export function groupPlanSentence(why: GroupPlanWhy): string {
  switch (why.reason) {
    case 'no_groups':
      return 'No group holds a role here.'
    case 'from_groups':
      return `The members of ${countWords(why.groups, 'group')} are read from the groups down.`
    case 'people_uncounted':
      return 'The directory does not say how many people it has, so they cannot be asked one by one which groups they are in.'
    case 'too_many_people':
      return `Without permission to read groups, ${digits(why.users)} people would have to be asked one by one: ${countWords(why.calls, 'call')}, more than the ${digits(why.mostCalls)} that a sync may spend on it.`
    case 'from_people':
      return `Without permission to read groups, ${digits(why.users)} people are asked which groups they are in: ${countWords(why.calls, 'call')}.`
  }
}

const countWords = (count: number, noun: string) => `${digits(count)} ${count === 1 ? noun : `${noun}s`}`

/** How old what was read of groups, people and other principals may be for a run that nobody asked for by hand, in minutes. */
export const FRESH_MINUTES = 10

/** What a reader should know about the age of a result, beside the time that it shows. */
export const FRESHNESS = `Groups, people and other principals may have been read up to ${FRESH_MINUTES} minutes before this sync began, for another subscription of the same account. Sync now reads them anew.`
