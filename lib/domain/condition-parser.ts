/** A condition as a tree. Everything is as it was written, except that the source of an attribute is in lower case. */
export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'action' | 'suboperation'; name: string }
  | { kind: 'comparison'; source: string; attribute: string; operator: string; values: string[] }

type Token = { kind: 'mark' | 'word' | 'text' | 'attribute'; text: string }

/** Thrown and caught in this file only, at the first thing that is not understood. */
class NotUnderstood extends Error {}

const MOST_CHARACTERS = 20_000 // Azure takes conditions of 8 KB
const DEEPEST = 40 // real ones nest six deep

/**
 * A role assignment's condition, parsed ("Azure role assignment condition format and syntax"): comparisons of attributes,
 * `ActionMatches` and `SubOperationMatches`, joined by "and", "or" and "not" in words or signs, in parentheses. Null when it
 * is anything else: attributes compared with each other, functions of other names, or "and" mixed with "or" without
 * parentheses, which Azure refuses too. Never throws; takes time in proportion to the text.
 */
export function parseCondition(text: string): Condition | null {
  if (text.length > MOST_CHARACTERS) return null
  try {
    const reader = readerOf(tokensOf(text))
    const condition = readJoined(reader, 0)
    return reader.next() ? null : condition
  } catch (error) {
    if (error instanceof NotUnderstood) return null
    throw error
  }
}

/** Goes through the tokens from the first to the last, never back. */
type Reader = {
  next: () => Token | undefined
  /** The next token, if it is one of these marks or words; else null, and it stays the next. */
  take: (...texts: string[]) => Token | null
  need: (text: string) => void
}

function readerOf(tokens: Token[]): Reader {
  let at = 0
  const take = (...texts: string[]) => {
    const token = tokens[at]
    if (!token || (token.kind !== 'mark' && token.kind !== 'word')) return null
    if (!texts.includes(token.text.toLowerCase())) return null
    at += 1
    return token
  }
  return {
    next: () => tokens[at++],
    take,
    need: (text) => {
      if (!take(text)) throw new NotUnderstood()
    },
  }
}

/** Conditions joined by `and`, or by `or`; a single one stays as it is. */
function readJoined(reader: Reader, depth: number): Condition {
  const first = readSingle(reader, depth)
  const kind = reader.take('and', '&&') ? 'and' : reader.take('or', '||') ? 'or' : null
  if (!kind) return first
  const parts = [first]
  do parts.push(readSingle(reader, depth))
  while (kind === 'and' ? reader.take('and', '&&') : reader.take('or', '||'))
  if (reader.take('and', '&&', 'or', '||')) throw new NotUnderstood()
  return { kind, parts }
}

function readSingle(reader: Reader, depth: number): Condition {
  if (depth > DEEPEST) throw new NotUnderstood()
  if (reader.take('not', '!')) return { kind: 'not', part: readSingle(reader, depth + 1) }
  if (reader.take('(')) {
    const inner = readJoined(reader, depth + 1)
    reader.need(')')
    return inner
  }
  const matches = reader.take('actionmatches', 'suboperationmatches')
  if (!matches) return readComparison(reader)
  const [name, ...more] = readValues(reader)
  if (name === undefined || more.length > 0) throw new NotUnderstood()
  return { kind: matches.text.toLowerCase() === 'actionmatches' ? 'action' : 'suboperation', name }
}

function readComparison(reader: Reader): Condition {
  const attribute = reader.next()
  const operator = reader.next()
  if (attribute?.kind !== 'attribute' || operator?.kind !== 'word') throw new NotUnderstood()
  const at = attribute.text.indexOf('[')
  return {
    kind: 'comparison',
    source: attribute.text.slice(0, Math.max(at, 0)).toLowerCase(),
    attribute: attribute.text.slice(at + 1),
    operator: operator.text,
    values: readValues(reader),
  }
}

/** `'a'`, `a`, or a list of them in braces, which is not empty. */
function readValues(reader: Reader): string[] {
  if (!reader.take('{')) return [readValue(reader)]
  const list = [readValue(reader)]
  while (reader.take(',')) list.push(readValue(reader))
  reader.need('}')
  return list
}

function readValue(reader: Reader): string {
  const token = reader.next()
  if (token?.kind !== 'text' && token?.kind !== 'word') throw new NotUnderstood()
  return token.text
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const token = /\s/.test(text.charAt(at)) ? null : tokenAt(text, at)
    if (token) tokens.push(token.token)
    at = token ? token.end : at + 1
  }
  return tokens
}

const MARKS = ['&&', '||', '(', ')', '{', '}', ',', '!']
const ENDS_WORD = new Set([...' \t\r\n(){},!&|\'"@[]'])

function tokenAt(text: string, at: number): { token: Token; end: number } {
  const mark = MARKS.find((one) => text.startsWith(one, at))
  if (mark) return { token: { kind: 'mark', text: mark }, end: at + mark.length }
  if (text[at] === "'" || text[at] === '@') {
    const isText = text[at] === "'"
    const end = text.indexOf(isText ? "'" : ']', at + 1)
    if (end < 0) throw new NotUnderstood()
    return { token: { kind: isText ? 'text' : 'attribute', text: text.slice(at + 1, end) }, end: end + 1 }
  }
  let end = at
  while (end < text.length && !ENDS_WORD.has(text.charAt(end))) end += 1
  if (end === at) throw new NotUnderstood()
  return { token: { kind: 'word', text: text.slice(at, end) }, end }
}
