import type { CoverageLine, Dataset } from '@/lib/domain/vocabulary'

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
