import { Check, Columns3 } from 'lucide-react'
import Link from 'next/link'
import { Popover } from '@/components/ui/popover'
import { type AccessView, formatAccessView, PAGE_SIZES, PEOPLE_COLUMNS } from '@/lib/domain/views'
import { COLUMN_LABELS } from './labels'

type Props = { path: string; view: AccessView; columns: boolean }

/** Which columns a list has, and how many rows a page of it: links, so that the address keeps what is chosen. */
export function ListOptions({ path, view, columns }: Props) {
  const hrefOf = (change: Partial<AccessView>) => path + formatAccessView({ ...view, ...change, cursor: null })
  return (
    <Popover
      label="Columns and rows"
      screenOnly
      trigger={
        <>
          <Columns3 aria-hidden />
          {columns ? 'Columns' : 'Rows'}
        </>
      }
      className="w-56"
    >
      {columns ? (
        <>
          <h2 className="mb-1 font-medium text-ink">Columns</h2>
          <ul className="mb-3">
            {PEOPLE_COLUMNS.map((column) => {
              const shown = view.columns.includes(column)
              const chosen = PEOPLE_COLUMNS.filter((one) => (one === column) !== view.columns.includes(one))
              return (
                <li key={column}>
                  <Option href={hrefOf({ columns: chosen })} chosen={shown} says={shown ? 'shown' : 'not shown'}>
                    {COLUMN_LABELS[column]}
                  </Option>
                </li>
              )
            })}
          </ul>
        </>
      ) : null}
      <h2 className="mb-1 font-medium text-ink">Rows on a page</h2>
      <ul className="flex gap-1">
        {PAGE_SIZES.map((size) => (
          <li key={size}>
            <Option href={hrefOf({ size })} chosen={view.size === size} says={view.size === size ? 'shown' : null}>
              {size}
            </Option>
          </li>
        ))}
      </ul>
    </Popover>
  )
}

type OptionProps = { href: string; chosen: boolean; says: string | null; children: string }

function Option({ href, chosen, says, children }: OptionProps) {
  return (
    <Link
      href={href}
      prefetch={false}
      scroll={false}
      className="flex min-h-7 items-center gap-1.5 rounded-md px-1.5 hover:bg-ink/6 hover:text-ink"
    >
      <Check aria-hidden className={chosen ? 'size-4 shrink-0' : 'invisible size-4 shrink-0'} />
      <span className="relative">
        {children} {says ? <span className="sr-only">({says})</span> : null}
      </span>
    </Link>
  )
}
