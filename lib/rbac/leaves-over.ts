import { covers } from './covers'
import { UNWRITTEN } from './unwritten'

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
