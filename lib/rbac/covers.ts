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
