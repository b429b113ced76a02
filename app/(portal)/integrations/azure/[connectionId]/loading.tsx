import { ConnectionSkeleton } from '@/components/access/skeletons'

export default function Loading() {
  return <ConnectionSkeleton />
}
