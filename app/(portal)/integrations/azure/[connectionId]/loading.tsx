import { ConnectionSkeleton } from '@/components/access/connection-skeleton'

export default function Loading() {
  return <ConnectionSkeleton />
}
