import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { joinClasses } from './join-classes'

const TONES = {
  info: { icon: Info, box: 'border-line bg-surface', mark: 'text-accent' },
  good: { icon: CircleCheck, box: 'border-good/30 bg-good-soft', mark: 'text-good' },
  warn: { icon: TriangleAlert, box: 'border-warn/30 bg-warn-soft', mark: 'text-warn' },
  bad: { icon: CircleAlert, box: 'border-bad/30 bg-bad-soft', mark: 'text-bad' },
}

type Props = {
  tone?: keyof typeof TONES
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
  role?: 'alert' | 'status'
  className?: string
}

/** What happened, then what to do, with the button that does it. */
export function Notice({ tone = 'info', title, children, action, role, className }: Props) {
  const { icon: Icon, box, mark } = TONES[tone]

  return (
    <div role={role} className={joinClasses('flex gap-3 rounded-lg border p-4', box, className)}>
      <Icon aria-hidden className={joinClasses('mt-0.5 size-4 shrink-0', mark)} />
      <div className="grid min-w-0 flex-1 gap-1">
        <p className="font-medium break-words">{title}</p>
        {children ? <div className="min-w-0 break-words text-ink-soft">{children}</div> : null}
        {action ? <div className="mt-2 flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </div>
  )
}
