import type { HeldAssignment, RoleDefinition } from './access'
import { gapWords, isGap } from './connection-status'
import type { CoverageLine, Dataset, ManagementGroup } from './vocabulary'

/** What each kind of data is called. */
export const COVERAGE_NAMES: Record<Dataset, string> = {
  assignments: 'Role assignments',
  eligible: 'Eligible and time-bound roles',
  roles: 'Role definitions',
  denies: 'Deny assignments',
  scopes: 'Management groups above',
  people: 'People',
  groups: 'Groups and who is in them',
  other_principals: 'Names of service principals',
  sign_ins: 'Last sign-ins',
}

type Counts = { read: number; missing: number }

/** How far each kind of data was read, with the counts behind it. */
export const STATE_WORDS: Record<CoverageLine['state'], (counts: Counts) => string> = {
  whole: ({ read }) => (read === 0 ? 'read whole, there are none.' : `read whole, ${say(read)}.`),
  partly: ({ read, missing }) =>
    missing > 0 ? `read partly, ${say(read)} of ${say(read + missing)}.` : `read partly, ${say(read)}.`,
  not_permitted: ({ missing }) => `not permitted${missing > 0 ? `, ${say(missing)} not read` : ''}.`,
  not_licensed: () => 'not licensed in this tenant.',
  not_asked: ({ missing }) => `not asked for${missing > 0 ? `, ${say(missing)} not read` : ''}.`,
}

/** Coverage in one line: its gaps, or that there are none, and what nobody asked for. */
export function coverageSummary(coverage: CoverageLine[]): string {
  const gaps = coverage.filter(isGap).map(gapWords)
  const unasked = coverage.filter(({ state }) => state === 'not_asked').map(unaskedWords)
  const read = gaps.length === 0 ? 'everything asked for was read whole.' : `${gaps.join('; ')}.`
  return unasked.length === 0 ? read : `${read} Not asked for: ${unasked.join(', ')}.`
}

function unaskedWords({ dataset, missing }: CoverageLine): string {
  if (dataset === 'groups' && missing > 0)
    return missing === 1 ? 'who is in 1 group that holds roles' : `who is in ${say(missing)} groups that hold roles`
  return COVERAGE_NAMES[dataset].toLowerCase()
}

const say = (count: number) => count.toLocaleString('en')

type Read = {
  assignments: HeldAssignment[]
  roles: RoleDefinition[]
  eligibilities: { licensed: boolean; permitted: boolean; rows: unknown[] }
  denies: { permitted: boolean; rows: unknown[] }
  managementGroups: ManagementGroup[] | null
}

/** The lines of the ledger about what Resource Manager told. */
export function coverageOfAzure(read: Read): CoverageLine[] {
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

function eligibleLine({ licensed, permitted, rows }: Read['eligibilities']): CoverageLine {
  const line = { dataset: 'eligible' as const, read: rows.length, missing: 0 }
  if (!licensed) return { ...line, state: 'not_licensed', why: 'pim_not_licensed' }
  if (!permitted) return { ...line, state: 'not_permitted', why: 'pim_not_permitted' }
  return { ...line, state: 'whole' }
}

/** What a way to a role can run through. */
const NEEDED: readonly Dataset[] = ['assignments', 'eligible', 'groups']

/**
 * What was not read whole of that through which somebody can have access, so that there may be ways that are not shown.
 * Without a licence there are no eligible roles to be missed.
 */
export function coverageOfWays(coverage: readonly CoverageLine[]): CoverageLine[] {
  return coverage.filter(
    ({ dataset, state }) => NEEDED.includes(dataset) && state !== 'whole' && state !== 'not_licensed',
  )
}

/** What ways may be missing for want of reading, as sentences; none when all that can lead to a role was read. */
export function missedWords(coverage: readonly CoverageLine[]): string[] {
  return coverageOfWays(coverage).map((line) => {
    if (line.dataset === 'groups') return `${groups(line.missing)} not opened: a role may be held through them too.`
    if (line.dataset === 'eligible') return 'Not all eligible roles were read: there may be more that can be activated.'
    return 'Not all role assignments were read: there may be more.'
  })
}

function groups(missing: number): string {
  if (missing === 0) return 'Some groups that hold roles were'
  return missing === 1 ? '1 group that holds roles was' : `${missing.toLocaleString('en')} groups that hold roles were`
}
