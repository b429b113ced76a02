/** Lines of one cause that are written in a minute. The rest of them is counted. */
export const LINES_A_MINUTE = 10

/** Causes that are told apart in a minute. Later ones share a count, so that nobody can fill the memory with made-up causes. */
const MOST_CAUSES = 1_000

const MINUTE_MS = 60_000

type Repeated<Line> = { line: Line; repeated: number }

/**
 * Admits the first {@link LINES_A_MINUTE} lines of a cause in each minute. At the minute's end, or when the process ends
 * earlier, `tell` is called once for each cause of which lines were left out, with the first such line and their number.
 */
export function createLimit<Line>(tell: (repeated: Repeated<Line>) => void) {
  let causes = new Map<string, { seen: number; first: Line | null }>()
  let minute: NodeJS.Timeout | undefined

  function endMinute(): void {
    clearTimeout(minute)
    minute = undefined
    const ended = causes
    causes = new Map()
    for (const { seen, first } of ended.values()) {
      if (first !== null) tell({ line: first, repeated: seen - LINES_A_MINUTE })
    }
  }
  process.once('exit', endMinute)

  return function admit(cause: string, line: Line): boolean {
    minute ??= setTimeout(endMinute, MINUTE_MS).unref()
    const key = causes.has(cause) || causes.size < MOST_CAUSES ? cause : 'all others'
    const counted = causes.get(key) ?? { seen: 0, first: null }
    causes.set(key, counted)
    counted.seen += 1
    if (counted.seen <= LINES_A_MINUTE) return true
    counted.first ??= line
    return false
  }
}
