/** Thrown when a filter cannot be read; the message says why, in Graph's words. */
export class BadFilter extends Error {}

type Test<T> = (item: T) => boolean
type Reader<T> = (item: T) => unknown
type Node<T> = {
  test: Test<T>
  /** How many alternatives are joined by `or` or listed by `in`. */
  alternatives: number
  /** The ids that it names, when it does nothing but name ids. */
  ids: string[] | null
}

export type Filter<T> = Node<T> & {
  /** Whether it uses what only an advanced query may: `ne`, `not`, `endsWith`. */
  needsAdvanced: boolean
}

/** Reads a $filter: `eq ne ge le in not startsWith endsWith`, `and`, `or`, parentheses. Throws {@link BadFilter}. */
export function readFilter<T>(text: string, readerOf: (name: string) => Reader<T> | null): Filter<T> {
  const reader = new FilterReader(tokensOf(text), readerOf)
  const node = reader.readWhole()
  return { ...node, needsAdvanced: reader.needsAdvanced }
}

/** Parses the part of OData's filter language that Entra's lists support: `or` binds weakest, then `and`, then `not`. */
class FilterReader<T> {
  #at = 0
  needsAdvanced = false

  constructor(
    readonly tokens: readonly string[],
    readonly readerOf: (name: string) => Reader<T> | null,
  ) {}

  readWhole(): Node<T> {
    const node = this.#readOr()
    if (this.#at < this.tokens.length) throw new BadFilter('Invalid filter clause')
    return node
  }

  #next(): string {
    const token = this.tokens[this.#at++]
    if (token === undefined) throw new BadFilter('Invalid filter clause')
    return token
  }

  #take(word: string): boolean {
    if (this.tokens[this.#at]?.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw new BadFilter('Invalid filter clause')
  }

  #requireProperty(name: string): Reader<T> {
    const read = this.readerOf(name)
    if (!read) throw new BadFilter(`Invalid filter clause: Could not find a property named '${name}'.`)
    return read
  }

  #readOr(): Node<T> {
    let node = this.#readAnd()
    while (this.#take('or')) {
      const [left, right] = [node, this.#readAnd()]
      node = {
        test: (item) => left.test(item) || right.test(item),
        alternatives: left.alternatives + right.alternatives,
        ids: left.ids && right.ids ? [...left.ids, ...right.ids] : null,
      }
    }
    return node
  }

  #readAnd(): Node<T> {
    let node = this.#readOperand()
    while (this.#take('and')) {
      const [left, right] = [node, this.#readOperand()]
      node = {
        test: (item) => left.test(item) && right.test(item),
        alternatives: Math.max(left.alternatives, right.alternatives),
        ids: null,
      }
    }
    return node
  }

  #readOperand(): Node<T> {
    if (this.#take('not')) {
      this.needsAdvanced = true
      const inner = this.#readOperand()
      return { test: (item) => !inner.test(item), alternatives: inner.alternatives, ids: null }
    }
    if (this.#take('(')) {
      const inner = this.#readOr()
      this.#expect(')')
      return inner
    }
    const name = this.#next()
    const compare = FUNCTIONS[name.toLowerCase()]
    if (compare && this.#take('(')) return this.#readCall(name.toLowerCase(), compare)
    return this.#readComparison(name)
  }

  #readCall(name: string, compare: (value: string, wanted: string) => boolean): Node<T> {
    if (name === 'endswith') this.needsAdvanced = true
    const read = this.#requireProperty(this.#next())
    this.#expect(',')
    const wanted = literalOf(this.#next()) ?? ''
    this.#expect(')')
    return { test: (item) => compare(toComparable(read(item)) ?? '', wanted), alternatives: 1, ids: null }
  }

  #readComparison(name: string): Node<T> {
    const read = this.#requireProperty(name)
    const isId = name.toLowerCase() === 'id'
    const operator = this.#next().toLowerCase()
    if (operator === 'in') return this.#readList(read, isId)
    const compare = COMPARE[operator]
    if (!compare) throw new BadFilter(`Unsupported or invalid query filter clause specified for property '${name}'.`)
    if (operator === 'ne') this.needsAdvanced = true
    const wanted = literalOf(this.#next())
    const ids = isId && operator === 'eq' && wanted !== null ? [wanted] : null
    return { test: (item) => compare(toComparable(read(item)), wanted), alternatives: 1, ids }
  }

  #readList(read: Reader<T>, isId: boolean): Node<T> {
    this.#expect('(')
    const values: (string | null)[] = []
    do values.push(literalOf(this.#next()))
    while (this.#take(','))
    this.#expect(')')
    const wanted = new Set(values)
    return {
      test: (item) => wanted.has(toComparable(read(item))),
      alternatives: values.length,
      ids: isId ? values.filter((value) => value !== null) : null,
    }
  }
}

const COMPARE: Record<string, (value: string | null, wanted: string | null) => boolean> = {
  eq: (value, wanted) => value === wanted,
  ne: (value, wanted) => value !== wanted,
  ge: (value, wanted) => value !== null && wanted !== null && value >= wanted,
  le: (value, wanted) => value !== null && wanted !== null && value <= wanted,
}
const FUNCTIONS: Record<string, (value: string, wanted: string) => boolean> = {
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
}

const TOKEN = /\s*('(?:[^']|'')*'|[(),]|[^\s(),']+)/gy

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text)?.[1]
    if (found === undefined) throw new BadFilter('Invalid filter clause')
    tokens.push(found)
  }
  return tokens
}

/** A literal: text in lower case (Entra compares without case), true, false or null. */
function literalOf(token: string): string | null {
  if (token === 'null') return null
  const quoted = /^'(.*)'$/s.exec(token)?.[1]
  return (quoted === undefined ? token : quoted.replaceAll("''", "'")).toLowerCase()
}

/** A value as it is compared: text in lower case. */
const toComparable = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value).toLowerCase()
