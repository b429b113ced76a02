import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { joinClasses } from './join-classes'

type Props = {
  caption: string
  /** The layout of `table.css` that says where the cells stand in a card and in a window of middle width. */
  layout?: 'people' | 'chosen' | 'everyone' | 'principals' | 'runs' | 'fleet'
  /** Set for as many columns as there happen to be: they scroll sideways, with the first of them in sight. */
  scrolls?: boolean
  children: ReactNode
}

/**
 * A table whose rows become cards in a narrow window. The roles of its parts are named, because a browser may take a
 * table that is laid out by other means for no table.
 */
export function Table({ caption, layout, scrolls = false, children }: Props) {
  const table = (
    <table {...TABLE} data-layout={layout} data-scrolls={scrolls || undefined} className="data-table">
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  )
  if (!scrolls)
    return (
      <section
        aria-label={caption}
        data-list
        tabIndex={-1}
        className="@container relative rounded-lg border border-line bg-surface"
      >
        {table}
      </section>
    )
  return (
    <section
      aria-label={caption}
      data-list
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a mouse
      tabIndex={0}
      className="@container relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      {table}
    </section>
  )
}

// Spread, because the linter takes the role of an element that has it already for superfluous.
const TABLE = { role: 'table' } as const
const ROWS = { role: 'rowgroup' } as const
const ROW = { role: 'row' } as const
const COLUMN_HEADING = { role: 'columnheader', scope: 'col' } as const
const ROW_HEADING = { role: 'rowheader', scope: 'row' } as const
const CELL = { role: 'cell' } as const

export const Thead = ({ children }: { children: ReactNode }) => (
  <thead {...ROWS}>
    <tr {...ROW}>{children}</tr>
  </thead>
)

export const Tbody = ({ children }: { children: ReactNode }) => <tbody {...ROWS}>{children}</tbody>

export const Tr = ({ children }: { children: ReactNode }) => <tr {...ROW}>{children}</tr>

type CellPlace = {
  /** The name of the cell's place in the table's layout. */
  area?: string
  /** Whether the cell is the first or the second line of its column in a window of middle width; `first`: of the first column. */
  line?: 'over' | 'under' | 'first'
}

/** Only what is set, because a page with hundreds of cells would send what is not set, too. */
function place({ area, line }: CellPlace) {
  return {
    ...(area && { style: { gridArea: area } }),
    ...(line === 'over' && { 'data-over': true }),
    ...(line && line !== 'over' && { 'data-under': line }),
  }
}

/** The heading of a column. */
export function Th({ area, line, ...rest }: ComponentProps<'th'> & CellPlace) {
  return <th {...COLUMN_HEADING} {...place({ area, line })} {...rest} />
}

type CellProps = CellPlace & {
  /** The heading of the column, which a card shows beside the cell where the cell does not speak for itself. */
  label?: string
}

/** A cell of a row. */
export function Td({ area, line, label, ...rest }: ComponentProps<'td'> & CellProps) {
  return <td {...CELL} {...place({ area, line })} {...(label && { 'data-label': label })} {...rest} />
}

/** The cell that names its row. */
export function RowTh({ area, line, ...rest }: ComponentProps<'th'> & CellPlace) {
  return <th {...ROW_HEADING} {...place({ area, line })} {...rest} />
}

type SortThProps = CellPlace & {
  href: string
  direction?: 'ascending' | 'descending'
  className?: string
  children: ReactNode
}

/** A column heading that sorts by following a link. */
export function SortTh({ href, direction, className, children, ...cell }: SortThProps) {
  const mark = direction === 'ascending' ? 'arrow-up' : direction === 'descending' ? 'arrow-down' : 'chevrons-up-down'

  return (
    <th {...COLUMN_HEADING} {...place(cell)} aria-sort={direction ?? 'none'} className={className}>
      <Link
        href={href}
        scroll={false}
        prefetch={false}
        data-icon={mark}
        className={joinClasses(
          '-mx-1 inline-flex flex-row-reverse items-center gap-1 rounded-md px-1 [--icon-size:0.875rem] hover:text-ink',
          direction ? 'text-ink [--icon-ink:var(--color-accent)]' : '[--icon-ink:var(--color-ink-faint)]',
        )}
      >
        {children}
      </Link>
    </th>
  )
}
