/** The earliest of some moments; null when there is none. */
export const earliestOf = (...moments: (Date | null)[]): Date | null => pick(moments, (one, other) => one < other)

/** The latest of some moments; null when there is none. */
export const latestOf = (...moments: (Date | null)[]): Date | null => pick(moments, (one, other) => one > other)

function pick(moments: (Date | null)[], isBetter: (one: Date, other: Date) => boolean): Date | null {
  let best: Date | null = null
  for (const moment of moments) if (moment && (!best || isBetter(moment, best))) best = moment
  return best
}
