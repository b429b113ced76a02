import type { HeldAssignment, RoleDefinition } from './access'
import { explain } from './problems'
import type { CoverageLine, CoverageState, Dataset, GroupPlanWhy, ManagementGroup } from './vocabulary'

type DatasetWords = { title: string; one: string; many: string }

/** What each kind of data is called as a heading, and one or several of it in a sentence. */
export const DATASET_WORDS: Record<Dataset, DatasetWords> = {
  assignments: { title: 'Role assignments', one: 'role assignment', many: 'role assignments' },
  eligible: { title: 'Eligible and time-bound roles', one: 'eligible role', many: 'eligible roles' },
  roles: { title: 'Role definitions', one: 'role definition', many: 'role definitions' },
  groups: { title: 'Groups and who is in them', one: 'group', many: 'groups' },
  people: { title: 'People', one: 'person', many: 'people' },
  other_principals: { title: 'Names of service principals', one: 'name', many: 'names' },
  denies: { title: 'Deny assignments', one: 'deny assignment', many: 'deny assignments' },
  scopes: { title: 'Management groups above', one: 'management group', many: 'management groups' },
  sign_ins: { title: 'Last sign-ins', one: 'last sign-in', many: 'last sign-ins' },
}

/** How far a kind of data was read, with the counts behind it. */
export const STATE_WORDS: Record<CoverageState, (counts: { read: number; missing: number }) => string> = {
  whole: ({ read }) => (read === 0 ? 'read whole, there are none.' : `read whole, ${digits(read)}.`),
  partly: ({ read, missing }) =>
    missing > 0 ? `read partly, ${digits(read)} of ${digits(read + missing)}.` : `read partly, ${digits(read)}.`,
  not_permitted: ({ missing }) => `not permitted${missing > 0 ? `, ${digits(missing)} not read` : ''}.`,
  not_licensed: () => 'not licensed in this tenant.',
  not_asked: ({ missing }) => `not asked for${missing > 0 ? `, ${digits(missing)} not read` : ''}.`,
}

const digits = (count: number): string => count.toLocaleString('en')

/** Coverage in one line: its gaps, or that there are none, and what was not asked for. */
export function coverageSummary(coverage: CoverageLine[]): string {
  const gaps = coverage.filter(isGap).map(gapWords)
  const notAsked = coverage.filter(({ state }) => state === 'not_asked').map(notAskedWords)
  const read = gaps.length === 0 ? 'everything asked for was read whole.' : `${gaps.join('; ')}.`
  return notAsked.length === 0 ? read : `${read} Not asked for: ${notAsked.join(', ')}.`
}

/** Without the right to read these, nothing is missing from who holds what, so that is no gap. */
const NO_GAP_WITHOUT_RIGHT: readonly Dataset[] = ['denies', 'scopes']

/** Whether a line is about something that was asked for and not read whole. */
export function isGap({ dataset, state }: Pick<CoverageLine, 'dataset' | 'state'>): boolean {
  return state === 'partly' || (state === 'not_permitted' && !NO_GAP_WITHOUT_RIGHT.includes(dataset))
}

/** What one gap is, in few words: `3 groups not opened`, or the title of its cause. */
export function gapWords({ dataset, missing, why }: CoverageLine): string {
  const { one, many } = DATASET_WORDS[dataset]
  const missed = `${digits(missing)} ${missing === 1 ? one : many}`
  if (dataset === 'groups' && missing > 0) return `${missed} not opened`
  if (why) return explain(why).title
  return missing > 0 ? `${missed} not read` : `${many} not read whole`
}

function notAskedWords({ dataset, missing }: CoverageLine): string {
  if (dataset === 'groups' && missing > 0)
    return missing === 1 ? 'who is in 1 group that holds roles' : `who is in ${digits(missing)} groups that hold roles`
  return DATASET_WORDS[dataset].title.toLowerCase()
}

/** What a way to a role can run through. */
const LEADS_TO_ROLES: readonly Dataset[] = ['assignments', 'eligible', 'groups']

/**
 * Which ways to a role may not be shown because something was not read, as sentences; none when all of it was read.
 * Without a licence there are no eligible roles to be missed.
 */
export function missedWords(coverage: readonly CoverageLine[]): string[] {
  const missed = coverage.filter(
    ({ dataset, state }) => LEADS_TO_ROLES.includes(dataset) && state !== 'whole' && state !== 'not_licensed',
  )
  return missed.map(({ dataset, missing }) => {
    if (dataset === 'groups') return `${closedGroups(missing)} not opened: a role may be held through them too.`
    if (dataset === 'eligible') return 'Not all eligible roles were read: there may be more that can be activated.'
    return 'Not all role assignments were read: there may be more.'
  })
}

function closedGroups(missing: number): string {
  if (missing === 0) return 'Some groups that hold roles were'
  return missing === 1 ? '1 group that holds roles was' : `${digits(missing)} groups that hold roles were`
}

type ReadFromAzure = {
  assignments: HeldAssignment[]
  roles: RoleDefinition[]
  eligibilities: { licensed: boolean; permitted: boolean; rows: unknown[] }
  denies: { permitted: boolean; rows: unknown[] }
  managementGroups: ManagementGroup[] | null
}

/** The lines about what Azure Resource Manager was asked for; those about the directory are written as it is read. */
export function coverageOfAzure(read: ReadFromAzure): CoverageLine[] {
  const { assignments, roles, eligibilities, denies, managementGroups } = read
  const known = new Set(roles.map(({ id }) => id))
  const unnamed = new Set(assignments.map(({ roleId }) => roleId).filter((id) => !known.has(id))).size
  const above = new Set(
    assignments.filter(({ scopeLevel }) => scopeLevel === 'management_group').map(({ scope }) => scope.toLowerCase()),
  ).size
  const held = assignments.filter(({ kind }) => kind !== 'eligible').length
  return [
    { dataset: 'assignments', state: 'whole', read: held, missing: 0 },
    eligibleLine(eligibilities),
    { dataset: 'roles', state: unnamed ? 'partly' : 'whole', read: known.size, missing: unnamed },
    denies.permitted
      ? { dataset: 'denies', state: 'whole', read: denies.rows.length, missing: 0 }
      : { dataset: 'denies', state: 'not_permitted', read: 0, missing: 0, why: 'denies_not_permitted' },
    managementGroups
      ? { dataset: 'scopes', state: 'whole', read: managementGroups.length, missing: 0 }
      : { dataset: 'scopes', state: 'not_permitted', read: 0, missing: above, why: 'management_groups_not_readable' },
  ]
}

function eligibleLine({ licensed, permitted, rows }: ReadFromAzure['eligibilities']): CoverageLine {
  const line = { dataset: 'eligible' as const, read: rows.length, missing: 0 }
  if (!licensed) return { ...line, state: 'not_licensed', why: 'pim_not_licensed' }
  if (!permitted) return { ...line, state: 'not_permitted', why: 'pim_not_permitted' }
  return { ...line, state: 'whole' }
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
