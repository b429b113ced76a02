import { Skeleton } from '@/components/ui/skeleton'
import { CHECK_NAMES } from './check-line'

/** The checks before their answers: same lines, same places. */
export function ChecksSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-6" aria-busy="true">
      <p className="sr-only">Checking with Microsoft</p>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {Object.values(CHECK_NAMES).map((name) => (
          <li key={name} className="flex gap-3 px-4 py-3">
            <Skeleton className="mt-0.5 size-4 shrink-0 rounded-full" />
            <div className="grid flex-1 gap-1">
              <p className="font-medium text-ink-soft">{name}</p>
              <Skeleton className="h-5 w-3/5" />
            </div>
          </li>
        ))}
      </ul>
      <div className="flex justify-end gap-2">
        <Skeleton className="h-9 w-28" />
        <Skeleton className="h-9 w-24" />
      </div>
    </div>
  )
}
