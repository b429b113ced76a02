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

/**
 * Whether a pattern of a role definition covers an operation, by Azure's rules: `*` stands for any text, none and
 * slashes included, anywhere in the pattern; case does not count; everything else is itself ("Azure custom roles",
 * wildcard permissions; "Understand Azure role definitions", actions format).
 *
 * By pieces, never by a regular expression: patterns are written by strangers, and `*a*a*a*` must stay cheap. The first
 * place where a piece fits is always good enough, since what follows it is any text: no step is ever taken back.
 */
export function covers(pattern: string, operation: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const text = operation.toLowerCase()
  const last = rest.pop()
  if (last === undefined) return first === text
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false

  const end = text.length - last.length
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}

/**
 * Whether some operation of a pattern is covered by none of others: whether the pattern is more than what they take away.
 *
 * One word settles it: the pattern with every `*` replaced by a letter nobody writes.
 * - If none of the others covers that word, it is itself a word of the pattern that is left.
 * - If one does, each of those letters was taken by one of its stars, since it has no such letter of its own; a star that
 *   took the letter would take any text in its place, so that one covers everything the pattern covers.
 *
 * Hence nothing is ever taken away by several together that none takes alone, however many there are. A pattern that
 * does write the letter names no operation: it gives nothing and takes nothing.
 */
export function leavesOver(pattern: string, others: readonly string[]): boolean {
  if (pattern.includes(UNWRITTEN)) return false
  const word = pattern.replaceAll('*', UNWRITTEN)
  return !others.some((other) => !other.includes(UNWRITTEN) && covers(other, word))
}

export type Verb = 'read' | 'write' | 'delete' | 'action'

/**
 * The operations of a pattern that end in a verb, as patterns. Every operation of Azure ends in one of the four
 * (`{provider}/{type}/{verb}`; "Understand Azure role definitions", actions format): a `*` at the end, or in the midst of
 * the verb (`.../wr*`), can become any that fits, and a pattern that can end in none names no operation.
 *
 * Never too many to list: each of a verb's seven signs at most is either taken by a star or stands there itself.
 */
export function operationsOf(pattern: string, verb: Verb): string[] {
  return overlap(pattern, `*/${verb}`) ?? [pattern]
}

/**
 * A letter that stands for any text: of Unicode's private-use area, where the names of providers, types and verbs never
 * go. A pattern that has it nevertheless names no operation.
 */
export const UNWRITTEN = '\uE000'
