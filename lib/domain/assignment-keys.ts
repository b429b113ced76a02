import type { CoverageLine, Dataset } from './vocabulary'

/**
 * The key of an assignment: its scope and its GUID, which is unique within the scope only. In lower case, since Azure
 * writes both in either case. An eligibility and a delegation have a word in front of it.
 */
export const assignmentKey = (scope: string, name: string): string => `${scope} ${name}`.toLowerCase()

const ID = /^(.*)\/providers\/Microsoft\.Authorization\/[^/]+\/([^/]+)$/i

/** The key in the ID that Azure gives an assignment or one of its schedules; null for the ID of anything else. */
export function keyInId(id: string | null | undefined): string | null {
  const [, scope, name] = ID.exec(id ?? '') ?? []
  return name ? assignmentKey(scope || '/', name) : null
}

/** Words in front of the keys of what is no assignment, and the kind of data that those are read from. */
const PREFIXES: { prefix: string; dataset: Dataset }[] = [
  { prefix: 'eligible ', dataset: 'eligible' },
  { prefix: 'delegated ', dataset: 'delegations' },
  { prefix: '', dataset: 'assignments' },
]

/**
 * When an assignment of a result was really read, if an earlier reading stands in for it: because its whole list was
 * refused, or because its own row could not be understood. Null when it was read with the result.
 */
export function readEarlierAt(key: string, coverage: readonly CoverageLine[]): Date | null {
  const found = PREFIXES.find(({ prefix }) => key.startsWith(prefix))
  const line = coverage.find(({ dataset }) => dataset === found?.dataset)
  if (!found || !line?.keptSince) return null
  const isOne =
    line.state !== 'partly' ||
    line.odd?.some((id) => `${found.prefix}${keyInId(id)}` === key || found.dataset === 'delegations')
  return isOne ? new Date(line.keptSince) : null
}
