/** What a published result added up to, as a chart of several shows it. */
export type CountedResult = {
  publishedAt: Date
  /** People with access of whom something could be read. */
  people: number
  /** Of these who hold a role that Microsoft calls privileged; null where it was not counted. */
  privileged: number | null
  /** People and others of whom nothing could be read, who are in neither of the counts. */
  unread: number
  /** Whether something that was asked for could not be read. */
  gaps: boolean
}

/** A chart as the commands of SVG paths, in a box of the given size whose origin is at the top left. */
export type PeopleChart = {
  people: string
  /** Empty where nothing was counted yet. */
  privileged: string
  /** Where results stand that are not whole, because a count that falls there does not mean that access was lost. */
  partly: { x: number; y: number }[]
  /** The value at the upper edge. */
  top: number
}

/**
 * Lays out how many people had access over time, as steps: a result holds until the next one is published. Both lines share one scale
 * that begins at zero.
 *
 * @param results the earliest first, two at least
 */
export function layOutPeopleChart(results: CountedResult[], width: number, height: number): PeopleChart {
  const first = results[0]?.publishedAt.getTime() ?? 0
  const span = Math.max(1, (results.at(-1)?.publishedAt.getTime() ?? 0) - first)
  const top = roundUp(Math.max(1, ...results.map(({ people }) => people)))
  const x = ({ publishedAt }: CountedResult) => round(((publishedAt.getTime() - first) / span) * width)
  const y = (value: number) => round(height - (value / top) * height)
  const steps = (countOf: (result: CountedResult) => number | null) => {
    const parts: string[] = []
    for (const result of results) {
      const value = countOf(result)
      if (value !== null) parts.push(parts.length === 0 ? `M${x(result)} ${y(value)}` : `H${x(result)}V${y(value)}`)
    }
    return parts.join('')
  }
  return {
    people: steps(({ people }) => people),
    privileged: steps(({ privileged }) => privileged),
    partly: results.filter(isPartly).map((result) => ({ x: x(result), y: y(result.people) })),
    top,
  }
}

/** Whether a result may count somebody out who has access all the same. */
export const isPartly = ({ gaps, unread }: CountedResult): boolean => gaps || unread > 0

const round = (value: number): number => Math.round(value * 10) / 10

/** The next number of which all digits but the first two are zero: `7`, `12`, `340`, `1,200`. */
function roundUp(value: number): number {
  if (value <= 10) return value
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Math.ceil(value / unit) * unit
}
