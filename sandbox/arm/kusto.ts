/** A row of a table or of a result. */
export type KustoRow = Record<string, unknown>

/** Thrown for a query that this small part of Kusto does not have; the message says what it met. */
export class KustoRefusal extends Error {}

/** A query: the table that it begins with, in lower case, and what it makes of the table's rows. */
export type KustoQuery = { table: string; run(rows: readonly KustoRow[]): readonly KustoRow[] }

type Stage = (rows: readonly KustoRow[]) => readonly KustoRow[]
type Expression = (row: KustoRow) => unknown
/** A column with its name. */
type Column = { name: string; read: Expression }

/**
 * Reads the simple queries that tools send to Azure Resource Graph: a table, then `where` with conditions joined by `and`,
 * `extend`, `project`, `take`, `limit`, `order by`, `count` and `summarize count() by`. Values are paths with dots, texts,
 * numbers, `tostring()`, `tolower()` and `split()` with an index. Throws KustoRefusal for anything else.
 */
export function parseKusto(text: string): KustoQuery {
  const reader = new TokenReader(text)
  const table = reader.takeName().toLowerCase()
  const stages: Stage[] = []
  while (!reader.isAtEnd()) {
    reader.take('|')
    stages.push(readStage(reader))
  }
  return { table, run: (rows) => stages.reduce((found, stage) => stage(found), rows) }
}

const TOKEN =
  /\s*(?:("[^"]*"|'[^']*')|([A-Za-z_$][\w$]*)|(-?\d+(?:\.\d+)?)|(in~|!in~|==|!=|=~|!~|[|()[\],.=]|![a-z]+))/y

/** Reads a query token by token. */
class TokenReader {
  readonly #tokens: string[] = []
  #place = 0

  constructor(text: string) {
    const end = text.trimEnd().length
    // The operators in~ and !in~ begin like names, so they are tried first.
    for (let at = 0; at < end; ) {
      const operator = /^\s*(!?in~)/.exec(text.slice(at))
      TOKEN.lastIndex = at
      const match = operator ?? TOKEN.exec(text)
      if (!match) throw new KustoRefusal(`"${text.slice(at).trim().slice(0, 20)}"`)
      this.#tokens.push(match[0].trim())
      at += match[0].length
    }
  }

  isAtEnd(): boolean {
    return this.#place >= this.#tokens.length
  }

  /** The next token, which stays; empty at the end. */
  get next(): string {
    return this.#tokens[this.#place] ?? ''
  }

  /** The next token, which must be this one if one is given; names in any case. */
  take(expected?: string): string {
    const token = this.next
    if (token === '' || (expected !== undefined && token.toLowerCase() !== expected))
      throw new KustoRefusal(token === '' ? 'a query that ends too early' : `"${token}"`)
    this.#place++
    return token
  }

  takeName(): string {
    if (!/^[A-Za-z_$]/.test(this.next)) throw new KustoRefusal(`"${this.next}"`)
    return this.take()
  }

  /** Takes the next token when it is this one. */
  skip(token: string): boolean {
    if (this.next.toLowerCase() !== token) return false
    this.#place++
    return true
  }
}

function readStage(reader: TokenReader): Stage {
  const name = reader.takeName().toLowerCase()
  switch (name) {
    case 'where':
      return readWhere(reader)
    case 'extend': {
      const columns = readColumns(reader)
      return (rows) => rows.map((row) => addColumns(row, columns))
    }
    case 'project': {
      const columns = readColumns(reader)
      return (rows) => rows.map((row) => Object.fromEntries(columns.map(({ name, read }) => [name, read(row)])))
    }
    case 'take':
    case 'limit': {
      const count = Number(reader.take())
      if (!Number.isInteger(count)) throw new KustoRefusal(`"${name}" without a number`)
      return (rows) => rows.slice(0, count)
    }
    case 'order':
    case 'sort':
      return readOrder(reader)
    case 'count':
      return (rows) => [{ Count: rows.length }]
    case 'summarize':
      return readSummarize(reader)
    default:
      throw new KustoRefusal(`the operator "${name}"`)
  }
}

/** Each column sees those before it. */
function addColumns(row: KustoRow, columns: readonly Column[]): KustoRow {
  const found = { ...row }
  for (const { name, read } of columns) found[name] = read(found)
  return found
}

function readWhere(reader: TokenReader): Stage {
  const conditions = [readCondition(reader)]
  while (reader.skip('and')) conditions.push(readCondition(reader))
  return (rows) => rows.filter((row) => conditions.every((test) => test(row)))
}

type Comparison = (left: string, right: string) => boolean

const isTerm: Comparison = (left, right) => {
  const at = left.indexOf(right)
  const isEdge = (letter: string | undefined) => letter === undefined || !/[a-z0-9]/.test(letter)
  return at >= 0 && isEdge(left[at - 1]) && isEdge(left[at + right.length])
}

/** The comparisons that do not ignore case. */
const EXACT = new Map<string, Comparison>([
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
])
/** The comparisons that ignore case; they get both sides in lower case. */
const LOOSE = new Map<string, Comparison>(
  Object.entries({
    '=~': (a, b) => a === b,
    '!~': (a, b) => a !== b,
    startswith: (a, b) => a.startsWith(b),
    '!startswith': (a, b) => !a.startsWith(b),
    endswith: (a, b) => a.endsWith(b),
    contains: (a, b) => a.includes(b),
    '!contains': (a, b) => !a.includes(b),
    has: isTerm,
    '!has': (a, b) => !isTerm(a, b),
  }),
)

function readCondition(reader: TokenReader): (row: KustoRow) => boolean {
  const left = readExpression(reader)
  const operator = reader.take().toLowerCase()
  if (/^!?in~?$/.test(operator)) return readMembership(reader, left, operator)
  const [exact, loose] = [EXACT.get(operator), LOOSE.get(operator)]
  const right = exact || loose ? readExpression(reader) : null
  if (exact && right) return (row) => exact(toText(left(row)), toText(right(row)))
  if (loose && right) return (row) => loose(toText(left(row)).toLowerCase(), toText(right(row)).toLowerCase())
  throw new KustoRefusal(`the comparison "${operator}"`)
}

function readMembership(reader: TokenReader, left: Expression, operator: string): (row: KustoRow) => boolean {
  const write = operator.endsWith('~') ? (value: unknown) => toText(value).toLowerCase() : toText
  const wanted = !operator.startsWith('!')
  reader.take('(')
  const values = [readExpression(reader)]
  while (reader.skip(',')) values.push(readExpression(reader))
  reader.take(')')
  return (row) => values.some((value) => write(value(row)) === write(left(row))) === wanted
}

function readColumns(reader: TokenReader): Column[] {
  const columns: Column[] = []
  do {
    const first = readExpression(reader)
    columns.push(
      reader.skip('=') ? { name: nameOf(first), read: readExpression(reader) } : { name: nameOf(first), read: first },
    )
  } while (reader.skip(','))
  return columns
}

function readOrder(reader: TokenReader): Stage {
  reader.take('by')
  const keys: { read: Expression; sign: number }[] = []
  do {
    const read = readExpression(reader)
    // Kusto sorts downwards unless told otherwise.
    keys.push({ read, sign: reader.skip('asc') ? 1 : -1 })
    reader.skip('desc')
  } while (reader.skip(','))
  const compare = (one: unknown, other: unknown) =>
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : toText(one) < toText(other)
        ? -1
        : toText(one) > toText(other)
          ? 1
          : 0
  return (rows) =>
    rows.toSorted((one, other) => {
      for (const { read, sign } of keys) {
        const order = compare(read(one), read(other))
        if (order !== 0) return order * sign
      }
      return 0
    })
}

function readSummarize(reader: TokenReader): Stage {
  const first = reader.takeName()
  const name = reader.skip('=') ? first : 'count_'
  if (name === first) reader.take('count')
  else if (first.toLowerCase() !== 'count') throw new KustoRefusal(`the summary "${first}"`)
  reader.take('(')
  reader.take(')')
  const columns = reader.skip('by') ? readColumns(reader) : []
  return (rows) => {
    const groups = new Map<string, KustoRow & Record<string, unknown>>()
    for (const row of rows) {
      const values = Object.fromEntries(columns.map((column) => [column.name, column.read(row)]))
      const key = JSON.stringify(values)
      const group = groups.get(key) ?? { ...values, [name]: 0 }
      group[name] = Number(group[name]) + 1
      groups.set(key, group)
    }
    return groups.size === 0 && columns.length === 0 ? [{ [name]: 0 }] : [...groups.values()]
  }
}

/** The names that columns without one get: the path with underscores, as Kusto does. */
const names = new WeakMap<Expression, string>()
const nameOf = (expression: Expression) => names.get(expression) ?? 'Column1'

function readExpression(reader: TokenReader): Expression {
  const token = reader.take()
  if (/^['"]/.test(token)) return () => token.slice(1, -1)
  if (/^-?\d/.test(token)) return () => Number(token)
  if (!/^[A-Za-z_$]/.test(token)) throw new KustoRefusal(`"${token}"`)
  if (reader.skip('(')) return readFunction(reader, token.toLowerCase())
  const path = [token]
  while (reader.skip('.')) path.push(reader.takeName())
  const read: Expression = (row) =>
    path.reduce<unknown>((value, step) => (isRow(value) && Object.hasOwn(value, step) ? value[step] : null), row) ??
    null
  names.set(read, path.join('_'))
  return read
}

const isRow = (value: unknown): value is KustoRow => typeof value === 'object' && value !== null

/** A function, after its opening parenthesis. */
function readFunction(reader: TokenReader, name: string): Expression {
  const inner = readExpression(reader)
  if (name === 'tostring' || name === 'tolower') {
    reader.take(')')
    return withNameOf(
      inner,
      name === 'tostring' ? (row) => toText(inner(row)) : (row) => toText(inner(row)).toLowerCase(),
    )
  }
  if (name !== 'split') throw new KustoRefusal(`the function "${name}"`)
  reader.take(',')
  const separator = readExpression(reader)
  reader.take(')')
  const parts: Expression = (row) => toText(inner(row)).split(toText(separator(row)))
  if (!reader.skip('[')) return parts
  const index = Number(reader.take())
  reader.take(']')
  return (row) => (parts(row) as string[]).at(index) ?? null
}

function withNameOf(named: Expression, expression: Expression): Expression {
  names.set(expression, nameOf(named))
  return expression
}

const toText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
