import { Skeleton } from '@/components/ui/skeleton'

export default function Loading() {
  return (
    <div role="status" aria-label="Loading settings">
      <Skeleton className="mb-6 h-8 w-32" />
      <Skeleton className="mb-4 h-9 w-48" />
      <Skeleton className="h-64 w-full rounded-lg" />
    </div>
  )
}
