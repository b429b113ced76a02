import { linesOfName } from './paths-layout'

/** The widest drawing that fits beside the rail in a window of 1,440 pixels, in pixels of the drawing. */
const MOST_WIDE = 1120
/** Between these lies the width of a box. The least still has room for words of 15 letters. */
const WIDEST_BOX = 190
const NARROWEST_BOX = 136
/** The room between two columns, for the arrows, and between two rows. */
export const COLUMN_GAP = 28
const ROW_GAP = 12
/** A line of a name, and what a box has beside its lines: the line above that says what it is, and the room around. */
export const LINE_HEIGHT = 17
const BESIDE_LINES = 28
/** The room between the edge of a box and its text. */
export const BOX_PADDING = 12
/** How wide an ordinary letter of a name is at 13 pixels. */
const LETTER_WIDTH = 7.2

type Placed = { key: string; row: number; name: string }

/** How large a drawing and its boxes are, in pixels. */
export type PathsSize = {
  boxWidth: number
  /** From the left edge of one column to that of the next. */
  columnWidth: number
  width: number
  height: number
  /** The lines of the names, and the height of the boxes, by the key of the node. */
  linesOf: ReadonlyMap<string, string[]>
  heightOf: ReadonlyMap<string, number>
  /** Where the middle of a row lies. A fraction lies between two rows. */
  middleOf: (row: number) => number
}

/**
 * Makes the boxes as narrow as their columns need to fit beside each other in an ordinary window, and as high as their names then are,
 * which are never cut. A row is as high as its highest box; a box between two rows counts for both of them.
 */
export function measurePaths(
  nodes: readonly Placed[],
  { columns, rows }: { columns: number; rows: number },
): PathsSize {
  const fitting = Math.floor((MOST_WIDE - (columns - 1) * COLUMN_GAP) / columns)
  const boxWidth = Math.min(WIDEST_BOX, Math.max(NARROWEST_BOX, fitting))
  const letters = Math.floor((boxWidth - 2 * BOX_PADDING) / LETTER_WIDTH)
  const linesOf = new Map(nodes.map(({ key, name }) => [key, linesOfName(name, letters)]))
  const heightOf = new Map([...linesOf].map(([key, lines]) => [key, BESIDE_LINES + LINE_HEIGHT * lines.length]))
  const heights = heightsOfRows(nodes, rows, heightOf)
  const middles: number[] = []
  let top = 0
  for (const height of heights) {
    middles.push(top + height / 2)
    top += height + ROW_GAP
  }
  return {
    boxWidth,
    columnWidth: boxWidth + COLUMN_GAP,
    width: columns * boxWidth + (columns - 1) * COLUMN_GAP,
    height: top - ROW_GAP,
    linesOf,
    heightOf,
    middleOf: (row) => {
      const [above, below] = [middles[Math.floor(row)] ?? 0, middles[Math.ceil(row)] ?? 0]
      return above + (below - above) * (row - Math.floor(row))
    },
  }
}

function heightsOfRows(nodes: readonly Placed[], rows: number, heightOf: ReadonlyMap<string, number>): number[] {
  const heights = Array<number>(Math.ceil(rows)).fill(BESIDE_LINES + LINE_HEIGHT)
  for (const { key, row } of nodes)
    for (const at of [Math.floor(row), Math.ceil(row)]) heights[at] = Math.max(heights[at] ?? 0, heightOf.get(key) ?? 0)
  return heights
}
