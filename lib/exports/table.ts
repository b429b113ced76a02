/** What stands in a cell. A list becomes one text in formats that have no lists. */
export type Cell = string | number | boolean | Date | null | readonly string[]

/** A column: its name, which does not change, and what it holds of a row. */
export type Column<Row> = { name: string; value: (row: Row) => Cell }

/** A list to be exported: its columns, and its rows in batches as they are read. */
export type Table<Row> = {
  /** The name of the file and of the sheet. */
  name: string
  columns: readonly Column<Row>[]
  rows: AsyncIterable<readonly Row[]>
}

/** The same with the columns taken: what every format is written from. */
export type Cells = { name: string; columns: readonly string[]; rows: AsyncIterable<readonly (readonly Cell[])[]> }

/** Rows that are in memory as cells at a time. */
const ROWS_AT_ONCE = 1_000

/** A table as the cells of its rows, some at a time, however many a batch has. */
export function cellsOf<Row>({ name, columns, rows }: Table<Row>): Cells {
  async function* read() {
    for await (const batch of rows)
      for (let from = 0; from < batch.length; from += ROWS_AT_ONCE)
        yield batch.slice(from, from + ROWS_AT_ONCE).map((row) => columns.map(({ value }) => value(row)))
  }
  return { name, columns: columns.map((column) => column.name), rows: read() }
}

/** A cell as one text: dates in ISO 8601, lists joined by semicolons, nothing for what is absent. */
export function textOf(cell: Cell): string {
  if (cell === null) return ''
  if (cell instanceof Date) return cell.toISOString()
  return Array.isArray(cell) ? cell.join('; ') : String(cell)
}

/** Lines of JSON, an object for each row, with the columns as they are named. */
export async function* toJsonLines({ columns, rows }: Cells): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const some of rows) {
    const lines = some.map((cells) => JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, cells[at]]))))
    yield encoder.encode(`${lines.join('\n')}\n`)
  }
}

/**
 * The same cells, with how many rows were read of them so far.
 *
 * @param onRows called with that after each batch, and waited for before the next one is read
 */
export function countRows(cells: Cells, onRows: (rows: number) => Promise<void> = async () => {}) {
  let rows = 0
  async function* count() {
    for await (const some of cells.rows) {
      rows += some.length
      yield some
      await onRows(rows)
    }
  }
  return { cells: { ...cells, rows: count() }, rows: () => rows }
}
