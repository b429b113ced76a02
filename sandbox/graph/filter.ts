/** Thrown when a filter cannot be read; the message says why, in Graph's words, and `code` is Graph's. */
export class BadFilter extends Error {
  constructor(
    message: string,
    readonly code: 'Request_UnsupportedQuery' | 'BadRequest' = 'Request_UnsupportedQuery',
  ) {
    super(message)
  }
}

type Test<T> = (item: T) => boolean
type Node<T> = {
  test: Test<T>
  /** How many alternatives are joined by `or` or listed by `in`. */
  alternatives: number
  /** The ids that it names, when it does nothing but name ids. */
  ids: string[] | null
}

export type Filter<T> = Node<T> & {
  /** The first thing in it that only an advanced query may use: `ne`, `not`, `endsWith` and others; null when there is none. */
  needsAdvanced: string | null
}

/** A property as a filter may use it. */
export type Field<T> = {
  read: (item: T) => unknown
  /** Whether its values are lists, which only `any` and `/$count` reach. */
  isList: boolean
  /** The operators that it takes; null when it takes them all. */
  operators: ReadonlySet<string> | null
  /** Whether any filter on it needs an advanced query. */
  isAdvanced: boolean
}

/** What a filter may name. `type` is the type's name as in `microsoft.graph.user`; `find` gives a property by its name in any case. */
export type Fields<T> = {
  type: string
  find(name: string): Field<T> | null
  /** The property that refusals name, where a filter names it by a variable. */
  alias?: string
}

/**
 * Reads a $filter: `eq ne ge le in not startsWith endsWith`, `and`, `or`, parentheses, `list/any(x:…)`, `list/$count eq 0`
 * and paths into objects. Throws {@link BadFilter}. Sources: Microsoft Graph "filter query parameter" and "advanced query
 * capabilities"; that `ne` and `all` do not work on lists is said there by Microsoft's own answer 601721.
 */
export function readFilter<T>(text: string, fields: Fields<T>): Filter<T> {
  const reader = new FilterReader(tokensOf(text), fields)
  const node = reader.readWhole()
  return { ...node, needsAdvanced: reader.needsAdvanced }
}

/** Parses the part of OData's filter language that Entra's lists support: `or` binds weakest, then `and`, then `not`. */
class FilterReader<T> {
  #at = 0
  needsAdvanced: string | null = null

  constructor(
    readonly tokens: string[],
    readonly fields: Fields<T>,
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

  /** The property of a name or path; what it is used for must be among its operators. */
  #requireField(name: string, operator: string): Field<T> {
    const [first = '', ...path] = name.split('/')
    const found = this.fields.find(first)
    if (!found) throw noSuchProperty(first, this.fields.type)
    if (found.operators && !found.operators.has(operator))
      throw notFilterable(this.fields.alias ?? first, this.fields.type)
    if (found.isAdvanced) this.needsAdvanced ??= operator
    return path.length > 0 && !found.isList ? { ...found, read: (item) => valueAt(found.read(item), path) } : found
  }

  /** A property with one value: a list compared as a whole is an error in its types. */
  #requireSingle(name: string, operator: string): Field<T> {
    const field = this.#requireField(name, operator)
    if (!field.isList) return field
    throw new BadFilter(
      `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Collection(Edm.String)' and 'Edm.String' for operator kind '${operator}'.`,
      'BadRequest',
    )
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
      this.needsAdvanced ??= 'not'
      const inner = this.#readOperand()
      return { test: (item) => !inner.test(item), alternatives: inner.alternatives, ids: null }
    }
    if (this.#take('(')) {
      const inner = this.#readOr()
      this.#expect(')')
      return inner
    }
    const name = this.#next()
    const [, list = '', lambda] = /^(.+)\/(any|all)$/i.exec(name) ?? []
    if (lambda && this.#take('(')) return this.#readLambda(list, lambda.toLowerCase())
    const counted = /^(.+)\/\$count$/i.exec(name)?.[1]
    if (counted) return this.#readCount(counted)
    const compare = FUNCTIONS.get(name.toLowerCase())
    if (compare && this.#take('(')) return this.#readCall(name.toLowerCase(), compare)
    return this.#readComparison(name)
  }

  /** `list/any(x:…)`: whether any value of the list fits. The inner filter names the value `x`, or its properties `x/…`. */
  #readLambda(name: string, lambda: string): Node<T> {
    const field = this.fields.find(name)
    if (!field) throw noSuchProperty(name, this.fields.type)
    if (!field.isList)
      throw new BadFilter('Invalid filter clause: Any/All may only be used following a collection.', 'BadRequest')
    if (lambda === 'all' || field.operators?.size === 0) throw notFilterable(name, this.fields.type)
    const variable = this.#readVariable()
    const inner = new FilterReader<unknown>(
      this.tokens,
      fieldsOfElement(variable, name, this.fields.type, field.operators),
    )
    inner.#at = this.#at
    const node = inner.#readOr()
    this.#at = inner.#at
    this.#expect(')')
    this.needsAdvanced ??= field.isAdvanced ? 'any' : inner.needsAdvanced
    const valuesOf = (item: T): readonly unknown[] => {
      const values = field.read(item)
      return Array.isArray(values) ? values : []
    }
    return { test: (item) => valuesOf(item).some(node.test), alternatives: node.alternatives, ids: null }
  }

  /** The name before the colon, which spaces may surround; what stands after it in the same token is read next. */
  #readVariable(): string {
    let text = this.#next()
    if (!text.includes(':')) text += this.#next()
    const [variable = '', ...rest] = text.split(':')
    if (!/^[A-Za-z_]\w*$/.test(variable) || !text.includes(':')) throw new BadFilter('Invalid filter clause')
    const following = rest.join(':')
    if (following !== '') this.tokens[--this.#at] = following
    return variable
  }

  /** `list/$count eq 0` and `ne 0`, the only counts that Graph compares. */
  #readCount(name: string): Node<T> {
    const { read, isList } = this.#requireField(name, '$count')
    const operator = this.#next().toLowerCase()
    if (!isList || !/^(eq|ne)$/.test(operator) || this.#next() !== '0') throw notFilterable(name, this.fields.type)
    this.needsAdvanced ??= '$count'
    const isEmpty = (item: T) => [read(item)].flat().length === 0
    return { test: (item) => isEmpty(item) === (operator === 'eq'), alternatives: 1, ids: null }
  }

  #readCall(name: string, compare: (value: string, wanted: string) => boolean): Node<T> {
    const operator = name === 'endswith' ? 'endsWith' : 'startsWith'
    if (name === 'endswith') this.needsAdvanced ??= operator
    const { read } = this.#requireSingle(this.#next(), operator)
    this.#expect(',')
    const wanted = literalOf(this.#next()) ?? ''
    this.#expect(')')
    return { test: (item) => compare(toComparable(read(item)) ?? '', wanted), alternatives: 1, ids: null }
  }

  #readComparison(name: string): Node<T> {
    if (!this.fields.find(name.split('/')[0] ?? '')) throw noSuchProperty(name, this.fields.type)
    const operator = this.#next().toLowerCase()
    const isId = name.toLowerCase() === 'id'
    const compare = COMPARE.get(operator)
    if (!compare && operator !== 'in') throw notFilterable(this.fields.alias ?? name, this.fields.type)
    const { read } = this.#requireSingle(name, operator)
    if (!compare) return this.#readList(read, isId)
    if (operator === 'ne') this.needsAdvanced ??= 'ne'
    const wanted = literalOf(this.#next())
    const ids = isId && operator === 'eq' && wanted !== null ? [wanted] : null
    return { test: (item) => compare(toComparable(read(item)), wanted), alternatives: 1, ids }
  }

  #readList(read: (item: T) => unknown, isId: boolean): Node<T> {
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

const noSuchProperty = (name: string, type: string) =>
  new BadFilter(
    `Invalid filter clause: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
    'BadRequest',
  )

const notFilterable = (name: string, type: string) =>
  new BadFilter(
    `Unsupported or invalid query filter clause specified for property '${name}' of resource '${type.charAt(0).toUpperCase()}${type.slice(1)}'.`,
  )

/** What may be named inside of `list/any(x:…)`: the value itself, by the operators of the list without `ne` and `in`. */
function fieldsOfElement(
  variable: string,
  list: string,
  type: string,
  operators: ReadonlySet<string> | null,
): Fields<unknown> {
  const inLambda = new Set(operators ?? ['eq', 'ge', 'le', 'startsWith', 'endsWith'])
  inLambda.delete('ne')
  inLambda.delete('in')
  const element = { read: (value: unknown) => value, isList: false, operators: inLambda, isAdvanced: false }
  return { type, alias: list, find: (name) => (name === variable ? element : null) }
}

/** The value at a path into an object; undefined where there is none. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined
    const key = Object.keys(found).find((one) => one.toLowerCase() === name.toLowerCase())
    found = key === undefined ? undefined : (found as Record<string, unknown>)[key]
  }
  return found
}

const COMPARE = new Map<string, (value: string | null, wanted: string | null) => boolean>(
  Object.entries({
    eq: (value, wanted) => value === wanted,
    ne: (value, wanted) => value !== wanted,
    ge: (value, wanted) => value !== null && wanted !== null && momentOf(value) >= momentOf(wanted),
    le: (value, wanted) => value !== null && wanted !== null && momentOf(value) <= momentOf(wanted),
  }),
)
const FUNCTIONS = new Map<string, (value: string, wanted: string) => boolean>(
  Object.entries({
    startswith: (value, wanted) => value.startsWith(wanted),
    endswith: (value, wanted) => value.endsWith(wanted),
  }),
)

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

const MOMENT = /^\d{4}-\d\d-\d\dt\d\d:\d\d/

/** A time in one form, because times with and without fractions of a second do not sort as text; other text as it is. */
function momentOf(text: string): string {
  const at = MOMENT.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN
  return Number.isNaN(at) ? text : new Date(at).toISOString().toLowerCase()
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
