import { Hourglass } from 'lucide-react'
import { Chip, type ChipTone } from '@/components/ui/chip'
import { Name } from '@/components/ui/name'
import type { AssignmentKind, Privilege } from '@/lib/domain/vocabulary'
import { dateWords, isolateName, momentWords } from '@/lib/domain/words'
import { describeRole } from './labels'

const LOOKS: Record<Privilege, { tone: ChipTone; mark: string }> = {
  grants_access: { tone: 'accent', mark: 'key-round' },
  writes: { tone: 'neutral', mark: 'pencil-line' },
  writes_data: { tone: 'neutral', mark: 'pencil-dotted' },
  reads_data: { tone: 'neutral', mark: 'eye-dotted' },
  reads: { tone: 'neutral', mark: 'eye' },
}

type Props = {
  /** Its name, or its ID where the definition could not be read. */
  name: string
  /** Null when the role's definition could not be read; the chip then shows an unknown role. */
  privilege: Privilege | null
  custom?: boolean
  /** The role is not held but can be activated. The chip says so in words, in a colour that nothing else has. */
  eligible?: boolean
  className?: string
}

/** A role by its name. An icon and a shade show what it amounts to; one that could not be read is never taken for a built-in one. */
export function RoleChip({ name, privilege, custom = false, eligible = false, className }: Props) {
  const says = describeRole({ privilege, custom })
  const look = privilege ? LOOKS[privilege] : UNKNOWN

  return (
    <Chip
      tone={eligible ? 'eligible' : look.tone}
      mark={eligible ? 'circle-dashed' : look.mark}
      title={[
        `${privilege ? isolateName(name) : `Unknown role ${isolateName(name)}`}: ${says}`,
        eligible ? 'Eligible: not held until it is activated' : null,
      ]
        .filter(Boolean)
        .join('. ')}
      className={className}
    >
      {privilege ? <Name of={name} /> : <UnknownRole id={name} />}
      {eligible ? ', eligible' : null}
      <span className="sr-only">{` (${says})`}</span>
      {custom && privilege ? (
        <span aria-hidden className="ml-1 font-normal whitespace-nowrap">
          custom
        </span>
      ) : null}
    </Chip>
  )
}

const UNKNOWN: { tone: ChipTone; mark: string } = { tone: 'warn', mark: 'circle-question-mark' }

/** A role without a definition: the start of its ID for the eye, the whole of it for a screen reader and on paper. */
function UnknownRole({ id }: { id: string }) {
  return (
    <>
      Unknown role{' '}
      <span aria-hidden className="font-mono font-normal">
        {id.slice(0, 8)}
      </span>
      <span className="sr-only">{id}</span>
    </>
  )
}

/**
 * When a role or a membership ends by itself: to the minute where it is activated, because that lasts for hours, else the
 * day. Nothing for what is held, or can be activated, without an end.
 */
export function EndsChip({ kind, endsAt }: { kind: AssignmentKind; endsAt: Date | null }) {
  if (kind === 'activated')
    return (
      <Chip
        icon={<Hourglass aria-hidden />}
        title="Activated through Privileged Identity Management: it ends by itself"
      >
        {endsAt ? `Activated, until ${momentWords(endsAt)}` : 'Activated for some hours'}
      </Chip>
    )
  if (!endsAt) return null
  return (
    <Chip icon={<Hourglass aria-hidden />} title={`Ends ${momentWords(endsAt)}`}>
      Until {dateWords(endsAt)}
    </Chip>
  )
}
