import { joinClasses } from './join-classes'

/** A quiet block of the size of what will stand in its place. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={joinClasses('motion-safe:animate-pulse rounded-md bg-ink/7', className)} />
}
