import { Skeleton } from '@/components/ui/skeleton'
import { TableSkeleton } from './table-skeleton'

/** The geometry of a connection's page: heading, state, facts, coverage, tabs, list. */
export function ConnectionSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="mb-2 h-5 w-28" />
      <Skeleton className="h-8 w-64 max-w-full" />
      <Skeleton className="mt-2 h-5 w-40" />
      <Skeleton className="mt-2 mb-4 h-5 w-full max-w-2xl" />
      <Skeleton className="mb-4 h-5 w-80 max-w-full" />
      <div className="mb-4 flex gap-5 border-b border-line pt-1 pb-2">
        <Skeleton className="h-5.5 w-20" />
        <Skeleton className="h-5.5 w-16" />
        <Skeleton className="h-5.5 w-18" />
        <Skeleton className="h-5.5 w-32" />
      </div>
      <TableSkeleton />
    </div>
  )
}
