import { gapWords, isGap } from '@/lib/connection-status'
import type { CoverageLine, Dataset } from '@/lib/domain/vocabulary'

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
