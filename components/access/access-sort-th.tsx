import type { ReactNode } from 'react'
import { SortTh } from '@/components/ui/table'
import type { HolderSort } from '@/db/queries/holders'
import { type AccessView, formatAccessView } from '@/lib/domain/views'

type Props = { by: HolderSort; path: string; view: AccessView; className?: string; children: ReactNode }

/** A heading that sorts a view: by another column it starts upward, by the same one it turns round; both start at the first page. */
export function AccessSortTh({ by, path, view, className, children }: Props) {
  const sorted = view.sort === by
  const direction = sorted && view.direction === 'asc' ? 'desc' : 'asc'
  return (
    <SortTh
      href={path + formatAccessView({ ...view, sort: by, direction, cursor: null })}
      direction={sorted ? (view.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      className={className}
    >
      {children}
    </SortTh>
  )
}
