import { Skeleton } from '@/components/ui/skeleton'

/** The geometry of a filter row and a table of thirteen lines, while both are read. */
export function TableSkeleton({ filters = true }: { filters?: boolean }) {
  return (
    <>
      {filters ? (
        <div className="mb-3 flex flex-wrap gap-2">
          <Skeleton className="h-9 w-72 max-w-full" />
          <Skeleton className="h-9 w-40" />
          <Skeleton className="h-9 w-32" />
        </div>
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
