import { Skeleton } from '@/components/ui/skeleton'

export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="mb-6 h-8 w-56" />
      <Skeleton className="h-80 w-full rounded-lg" />
    </div>
  )
}
