/** Steps after which two patterns are too tangled to be told apart; real ones take some hundreds at most. */
const MOST_STEPS = 5_000

/**
 * The operations two patterns both cover, as patterns whose union they are: `ab*` and `*bc` give `ab*bc` and `abc`. Empty
 * when nothing is covered by both; null when there are too many ways to list, which only patterns with dozens of stars
 * can bring about.
 *
 * From the right, because patterns end in what matters. Two equal letters go together. A star against a letter either
 * is empty or takes the letter. Of two stars one ends first, and what it took is any text: a star of the answer.
 */
export function overlap(one: string, other: string): string[] | null {
  const found = new Set<string>()
  const budget = { left: MOST_STEPS }
  collect({ a: tidy(one), b: tidy(other), tail: '' }, found, budget)
  return budget.left < 0 ? null : [...found]
}

const tidy = (pattern: string) => pattern.toLowerCase().replace(/\*+/g, '*')
const shorter = (pattern: string) => pattern.slice(0, -1)

type Pair = { a: string; b: string; tail: string }

function collect(pair: Pair, found: Set<string>, budget: { left: number }): void {
  let { a, b, tail } = pair
  for (;;) {
    budget.left -= 1
    if (budget.left < 0) return
    if (a === '*' || b === '*') {
      found.add(tidy((a === '*' ? b : a) + tail))
      return
    }
    if (a === '' || b === '') {
      if (a === b) found.add(tidy(tail))
      return
    }
    const x = a.slice(-1)
    const y = b.slice(-1)
    if (x === '*') {
      collect({ a: shorter(a), b, tail: y === '*' ? `*${tail}` : tail }, found, budget)
      b = shorter(b)
      tail = y + tail
    } else if (y === '*') {
      collect({ a, b: shorter(b), tail }, found, budget)
      a = shorter(a)
      tail = x + tail
    } else if (x === y) {
      a = shorter(a)
      b = shorter(b)
      tail = x + tail
    } else return
  }
}
