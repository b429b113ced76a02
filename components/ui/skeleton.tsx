import { joinClasses } from './join-classes'

/** A quiet block with the size of what is coming. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={joinClasses('motion-safe:animate-pulse rounded-md bg-ink/7', className)} />
}
