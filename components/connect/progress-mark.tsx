import { Circle, CircleCheck, CircleX, LoaderCircle } from 'lucide-react'

export type ProgressState = 'waiting' | 'current' | 'done' | 'failed'

const MARKS = {
  waiting: { icon: Circle, word: 'Not yet', className: 'text-ink-faint' },
  current: { icon: LoaderCircle, word: 'Under way', className: 'text-accent motion-safe:animate-spin' },
  done: { icon: CircleCheck, word: 'Done', className: 'text-good' },
  failed: { icon: CircleX, word: 'Failed', className: 'text-bad' },
}

/** The mark of one thing that takes time, with its word for those who do not see it, unless `said` beside it anyway. */
export function ProgressMark({
  state,
  size = 16,
  said = false,
}: {
  state: ProgressState
  size?: number
  said?: boolean
}) {
  const { icon: Icon, word, className } = MARKS[state]
  return (
    <>
      <Icon size={size} aria-hidden="true" className={`shrink-0 ${className}`} />
      {!said && <span className="sr-only">{word}: </span>}
    </>
  )
}
