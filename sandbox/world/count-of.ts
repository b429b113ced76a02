/** A count, or a share of a whole when it lies between 0 and 1. */
export function countOf(countOrShare: number | undefined, whole: number): number {
  if (countOrShare === undefined) return 0
  return countOrShare > 0 && countOrShare < 1 ? Math.round(countOrShare * whole) : countOrShare
}
