import { TileGrid } from '@/components/integrations/tiles'
import { Skeleton } from '@/components/ui/skeleton'

/** Places of the tiles while they are read. */
const PLACES = ['first', 'second', 'third']

export default function Loading() {
  return (
    <div role="status" aria-label="Loading integrations">
      <div className="mb-6 flex flex-wrap justify-between gap-3">
        <div className="grid gap-2">
          <Skeleton className="h-7 w-40" />
          <Skeleton className="h-5 w-72 max-w-full" />
        </div>
        <Skeleton className="h-9 w-72 max-w-full" />
      </div>
      <Skeleton className="mb-4 h-9 w-full" />
      <div className="mb-4 flex h-9.25 gap-5 border-b border-line">
        <Skeleton className="h-6 w-12" />
        <Skeleton className="h-6 w-24" />
        <Skeleton className="h-6 w-32" />
      </div>
      <Skeleton className="mb-4 h-7 w-96 max-w-full" />
      <TileGrid>
        {PLACES.map((place) => (
          <li key={place}>
            <Skeleton className="h-47.75 rounded-lg" />
          </li>
        ))}
      </TileGrid>
    </div>
  )
}
