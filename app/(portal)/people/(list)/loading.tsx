import { TableSkeleton } from '@/components/access/skeletons'
import { Skeleton } from '@/components/ui/skeleton'

export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-8 w-28" />
      <Skeleton className="mt-1 mb-6 h-5.5 w-96 max-w-full" />
      <Skeleton className="mb-4 h-5 w-36" />
      <div className="mb-4 flex gap-5 border-b border-line pt-1 pb-2">
        <Skeleton className="h-5.5 w-10" />
        <Skeleton className="h-5.5 w-28" />
      </div>
      <TableSkeleton />
    </div>
  )
}
