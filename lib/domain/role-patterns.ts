/**
 * Whether a pattern of a role definition covers an operation, by Azure's rules: `*` stands for any text, none and
 * slashes included, anywhere in the pattern; case does not count; everything else is itself ("Azure custom roles",
 * wildcard permissions; "Understand Azure role definitions", actions format).
 *
 * Works piece by piece and never by a regular expression: patterns are written by strangers, and `*a*a*a*` must stay cheap.
 * The first place where a piece fits is always good enough, since what follows it is any text: no step is ever taken back.
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
 * A letter that stands for any text: of Unicode's private-use area, where the names of providers, types and verbs never
 * go. A pattern that has it nevertheless names no operation.
 */
export const PLACEHOLDER = '\uE000'

/**
 * Whether an operation that a pattern covers is left when everything that other patterns cover is taken away.
 *
 * One word decides it: the pattern with every `*` replaced by the placeholder, a letter that no name has.
 * - If none of the others covers that word, it is itself an operation that is left.
 * - If one does, each placeholder was matched by one of its stars, since it has no such letter of its own; a star that
 *   matched the placeholder would match any text in its place, so that one covers everything the pattern covers.
 *
 * Hence several patterns together never take away all of what none of them takes away alone. A pattern that does contain
 * the placeholder names no operation: it gives nothing and takes nothing.
 */
export function hasOperationLeft(pattern: string, others: readonly string[]): boolean {
  if (pattern.includes(PLACEHOLDER)) return false
  const word = pattern.replaceAll('*', PLACEHOLDER)
  return !others.some((other) => !other.includes(PLACEHOLDER) && covers(other, word))
}

/** Every operation of Azure ends in one of these (`{provider}/{type}/{verb}`; "Understand Azure role definitions", actions format). */
export const OPERATION_VERBS = ['read', 'write', 'delete', 'action'] as const
export type Verb = (typeof OPERATION_VERBS)[number]

/**
 * The operations of a pattern that end in a verb, as patterns. A `*` at the end, or inside the verb (`.../wr*`), can become
 * any verb that fits; a pattern that can end in none names no operation.
 *
 * Never too many to list: each of the verb's seven signs at most is either matched by a star or written in the pattern.
 */
export function operationsOf(pattern: string, verb: Verb): string[] {
  return overlap(pattern, `*/${verb}`) ?? [pattern]
}

/** Steps after which two patterns are too tangled to be compared; real ones take some hundreds at most. */
const MOST_STEPS = 5_000

/**
 * The operations that two patterns both cover, as patterns whose union they are: `ab*` and `*bc` give `ab*bc` and `abc`.
 * Empty when nothing is covered by both; null when there are too many ways to list, which only patterns with dozens of
 * stars can bring about.
 *
 * Works from the right, because patterns end in what matters. Two equal letters go together. A star beside a letter either
 * is empty or takes the letter. Of two stars one ends first, and what it took is any text: a star of the answer.
 */
export function overlap(one: string, other: string): string[] | null {
  const found = new Set<string>()
  const budget = { left: MOST_STEPS }
  collectOverlap({ a: tidy(one), b: tidy(other), tail: '' }, found, budget)
  return budget.left < 0 ? null : [...found]
}

const tidy = (pattern: string) => pattern.toLowerCase().replace(/\*+/g, '*')
const withoutLast = (pattern: string) => pattern.slice(0, -1)

type Pair = { a: string; b: string; tail: string }

function collectOverlap(pair: Pair, found: Set<string>, budget: { left: number }): void {
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
      collectOverlap({ a: withoutLast(a), b, tail: y === '*' ? `*${tail}` : tail }, found, budget)
      b = withoutLast(b)
      tail = y + tail
    } else if (y === '*') {
      collectOverlap({ a, b: withoutLast(b), tail }, found, budget)
      a = withoutLast(a)
      tail = x + tail
    } else if (x === y) {
      a = withoutLast(a)
      b = withoutLast(b)
      tail = x + tail
    } else return
  }
}
