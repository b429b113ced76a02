import type { ReactNode } from 'react'

export type ChipTone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'eligible'

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
    <span title={title} data-icon={mark} data-tone={tone} className={className ? `chip ${className}` : 'chip'}>
      {icon}
      {children}
    </span>
  )
}
