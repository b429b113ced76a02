import { joinClasses } from '@/components/ui/join-classes'
import type { PersonStatus as Status } from '@/db/schema'

const LOOKS: Record<Status, { word: string; dot: string; text: string }> = {
  active: { word: 'Active', dot: 'bg-good', text: 'text-ink' },
  disabled: { word: 'Disabled', dot: 'border-[1.5px] border-ink-faint', text: 'text-ink-soft' },
  invited: { word: 'Invited', dot: 'border-[1.5px] border-warn', text: 'text-ink-soft' },
  deleted: { word: 'Deleted', dot: 'bg-bad', text: 'text-bad line-through' },
  not_found: { word: 'Not found', dot: 'bg-bad', text: 'text-bad' },
  not_readable: { word: 'Not readable', dot: 'border-[1.5px] border-dashed border-ink-faint', text: 'text-ink-soft' },
  other_tenant: { word: 'Other tenant', dot: 'border-[1.5px] border-ink-faint', text: 'text-ink-soft' },
}

/** Whether a person's account is in use, and a small tag when it belongs to a guest. */
export function PersonStatus({
  status,
  guest,
  className,
}: {
  status: Status | null
  guest?: boolean | null
  className?: string
}) {
  const look = LOOKS[status ?? 'not_readable']

  return (
    <span className={joinClasses('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <span aria-hidden className={joinClasses('size-2 shrink-0 rounded-full', look.dot)} />
      <span className={look.text}>{look.word}</span>
      {guest ? <span className="rounded-md border border-line px-1 text-xs text-ink-soft">Guest</span> : null}
    </span>
  )
}
