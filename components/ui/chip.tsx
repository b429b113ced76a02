import type { ReactNode } from 'react'
import { joinClasses } from './join-classes'

const TONES = {
  neutral: 'border-line bg-ink/4 text-ink-soft',
  accent: 'border-transparent bg-accent-soft text-accent',
  good: 'border-transparent bg-good-soft text-good',
  warn: 'border-transparent bg-warn-soft text-warn',
  bad: 'border-transparent bg-bad-soft text-bad',
  eligible: 'border-transparent bg-eligible-soft text-eligible',
}

export type ChipTone = keyof typeof TONES

type Props = {
  tone?: ChipTone
  icon?: ReactNode
  /** An icon that `icons.css` draws, for chips of which a page has many. */
  mark?: string
  title?: string
  className?: string
  children: ReactNode
}

/** A small tag. The tone never carries the meaning alone: the words do, with an icon where two shades are close. */
export function Chip({ tone = 'neutral', icon, mark, title, className, children }: Props) {
  return (
    <span
      title={title}
      data-icon={mark}
      className={joinClasses(
        'inline-flex max-w-full min-w-0 items-center gap-1 rounded-md border px-1.5 py-px align-middle text-xs font-medium [--icon-size:0.875rem] [&_svg]:size-3.5 [&_svg]:shrink-0',
        TONES[tone],
        className,
      )}
    >
      {icon}
      {/* Positioned, so that hidden words for screen readers stay where they are and do not widen the page. */}
      <span className="relative min-w-0 wrap-anywhere">{children}</span>
    </span>
  )
}
