import { Skeleton } from '@/components/ui/skeleton'

/** Stands in for a row of filters and a table of thirteen lines, in the same places and sizes, while they are read. */
export function TableSkeleton({ filters = true }: { filters?: boolean }) {
  return (
    <>
      {filters ? (
        <>
          <Skeleton className="mb-2 h-5 w-[32rem] max-w-full" />
          <div className="mb-2 flex flex-wrap gap-2">
            <Skeleton className="h-9 w-48 max-w-full" />
            <Skeleton className="h-9 w-32" />
            <Skeleton className="h-9 w-33" />
          </div>
        </>
      ) : null}
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <div className="h-[33px] border-b border-line" />
        {Array.from({ length: 13 }, (_, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
          <div key={line} className="flex h-[37px] items-center gap-8 border-t border-line px-4 first:border-t-0">
            <Skeleton className="h-3.5 w-40" />
            <Skeleton className="h-3.5 w-56" />
            <Skeleton className="h-3.5 w-24" />
          </div>
        ))}
      </div>
    </>
  )
}

/** Stands in for a connection's page: the line of its name and state, tabs and list, in the same places and sizes. */
export function ConnectionSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="-mt-2 mb-2 flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1.5">
        <Skeleton className="h-5 w-26" />
        <Skeleton className="h-7 w-44 max-w-full" />
        <Skeleton className="h-5 w-96 max-w-full" />
      </div>
      <div className="mb-3 flex gap-5 border-b border-line pt-1 pb-2">
        <Skeleton className="h-5.5 w-20" />
        <Skeleton className="h-5.5 w-16" />
        <Skeleton className="h-5.5 w-18" />
        <Skeleton className="h-5.5 w-32" />
      </div>
      <TableSkeleton />
    </div>
  )
}
