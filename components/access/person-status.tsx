import { joinClasses } from '@/components/ui/join-classes'
import { RelativeTime } from '@/components/ui/relative-time'
import type { PersonStatus as Status } from '@/lib/domain/vocabulary'

type Look = { word: string; says: string; dot: string; text: string }

const LOOKS: Record<Status, Look> = {
  active: { word: 'Active', says: 'The account is enabled.', dot: 'bg-good', text: 'text-ink' },
  invited: {
    word: 'Invited',
    says: 'The invitation to the directory has not been accepted yet.',
    dot: 'border-[1.5px] border-warn',
    text: 'text-ink-soft',
  },
  disabled: {
    word: 'Disabled',
    says: 'The account cannot sign in. Its roles work again as soon as it is enabled.',
    dot: 'border-[1.5px] border-ink-faint',
    text: 'text-ink-soft',
  },
  deleted: {
    word: 'Deleted',
    says: 'The account lies among the directory’s deleted users. Restored, it has its roles again.',
    dot: 'bg-bad',
    text: 'text-bad line-through',
  },
  not_found: {
    word: 'Not found',
    says: 'The directory does not know this account, not even among its deleted users. The assignment is left over.',
    dot: 'bg-bad',
    text: 'text-bad',
  },
  not_readable: {
    word: 'Not readable',
    says: 'Rolecall could not ask the directory about this account.',
    dot: 'border-[1.5px] border-dashed border-ink-faint',
    text: 'text-ink-soft',
  },
  other_tenant: {
    word: 'Other tenant',
    says: 'The account lives in another directory, which is not asked about it.',
    dot: 'border-[1.5px] border-ink-faint',
    text: 'text-ink-soft',
  },
}

type Props = {
  status: Status | null
  guest?: boolean | null
  /** Shown as a second line where it is known. */
  lastSignInAt?: Date | null
  className?: string
}

/** Whether a person's account is in use, a small tag when it belongs to a guest, and when it was last used. */
export function PersonStatus({ status, guest, lastSignInAt, className }: Props) {
  const { word, says, dot, text } = LOOKS[status ?? 'not_readable']

  return (
    <>
      <span
        title={says}
        className={joinClasses('relative inline-flex items-center gap-1.5 whitespace-nowrap', className)}
      >
        <span aria-hidden className={joinClasses('size-2 shrink-0 rounded-full', dot)} />
        <span className={text}>{word}</span>
        {status === 'active' ? null : <span className="sr-only">: {says}</span>}
        {guest ? <span className="rounded-md border border-line px-1 text-xs text-ink-soft">Guest</span> : null}
      </span>
      {lastSignInAt ? (
        <span className="block text-xs whitespace-nowrap text-ink-faint">
          signed in <RelativeTime at={lastSignInAt} />
        </span>
      ) : null}
    </>
  )
}
