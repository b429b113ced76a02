import type { CoverageLine } from '@/db/schema'

/** Read where they are readable: to lack the right to them leaves no gap in who holds what. */
const WHERE_READABLE: CoverageLine['dataset'][] = ['denies', 'scopes']

/** Whether something that was asked for was not read whole: the amber state. */
export const hasGaps = (coverage: CoverageLine[]): boolean =>
  coverage.some(
    ({ dataset, state }) => state === 'partly' || (state === 'not_permitted' && !WHERE_READABLE.includes(dataset)),
  )
