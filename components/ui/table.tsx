import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { joinClasses } from './join-classes'

/**
 * A wide table that fits keeps its heading at the top of the window. One that does not fit scrolls sideways with its first
 * column in sight.
 */
const WIDE =
  '[&>table]:min-w-[58rem] xl:[&>table]:table-fixed xl:overflow-x-clip [&_thead_th]:bg-surface [&_thead_th:first-child]:rounded-tl-lg [&_thead_th:last-child]:rounded-tr-lg xl:[&_thead_th]:sticky xl:[&_thead_th]:top-0 xl:[&_thead_th]:z-10 max-xl:[&_tr>*:first-child]:sticky max-xl:[&_tr>*:first-child]:left-0 max-xl:[&_tr>*:first-child]:bg-surface max-xl:[&_tr>*:first-child]:max-w-40 [&_tbody_tr:hover>*]:bg-canvas'

type Props = { caption: string; wide?: boolean; className?: string; children: ReactNode }

/** A dense table. Where it is too wide, it scrolls sideways in a region of its own that a keyboard can reach. */
export function Table({ caption, wide = false, className, children }: Props) {
  return (
    <section
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a mouse
      tabIndex={0}
      className={joinClasses(
        'relative overflow-x-auto rounded-lg border border-line bg-surface',
        wide && WIDE,
        className,
      )}
    >
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  )
}

const HEAD = 'border-b border-line px-3 py-2 text-xs font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4'

/** The heading of a column, unless `scope` says otherwise. */
export function Th({ className, scope = 'col', ...rest }: ComponentProps<'th'>) {
  return <th scope={scope} className={joinClasses(HEAD, className)} {...rest} />
}

const CELL = 'border-t border-line px-3 py-2 align-top first:pl-4 last:pr-4 [tr:first-child>&]:border-t-0'

/** A cell of a row. */
export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td className={joinClasses(CELL, className)} {...rest} />
}

/** The cell that names its row. */
export function RowTh({ className, ...rest }: ComponentProps<'th'>) {
  return <th scope="row" className={joinClasses(CELL, 'font-medium', className)} {...rest} />
}

type SortThProps = {
  href: string
  direction?: 'ascending' | 'descending'
  className?: string
  children: ReactNode
}

/** A column heading that sorts by following a link. */
export function SortTh({ href, direction, className, children }: SortThProps) {
  const Icon = direction === 'ascending' ? ArrowUp : direction === 'descending' ? ArrowDown : ChevronsUpDown

  return (
    <th scope="col" aria-sort={direction ?? 'none'} className={joinClasses(HEAD, className)}>
      <Link
        href={href}
        scroll={false}
        className={joinClasses(
          '-mx-1 inline-flex items-center gap-1 rounded-md px-1 hover:text-ink',
          direction && 'text-ink',
        )}
      >
        {children}
        <Icon aria-hidden className={joinClasses('size-3.5', direction ? 'text-accent' : 'text-ink-faint')} />
      </Link>
    </th>
  )
}
