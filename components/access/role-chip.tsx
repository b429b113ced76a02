import { CircleDashed, Eye, Hourglass, KeyRound, Pencil, PencilLine } from 'lucide-react'
import type { ReactNode } from 'react'
import { Chip, type ChipTone } from '@/components/ui/chip'
import { Name } from '@/components/ui/name'
import type { AssignmentKind, Privilege } from '@/lib/domain/vocabulary'
import { isolateName } from '@/lib/domain/words'
import { describeRole } from './labels'

const LOOKS: Record<Privilege, { tone: ChipTone; icon: ReactNode }> = {
  grants_access: { tone: 'accent', icon: <KeyRound aria-hidden /> },
  writes: { tone: 'neutral', icon: <PencilLine aria-hidden /> },
  writes_data: { tone: 'neutral', icon: <Dotted icon={<Pencil aria-hidden />} at="-right-0.5 bottom-0" /> },
  reads_data: { tone: 'neutral', icon: <Dotted icon={<Eye aria-hidden />} at="-top-px -right-0.5" /> },
  reads: { tone: 'neutral', icon: <Eye aria-hidden /> },
}

type Props = {
  name: string
  /** Null when the role's definition could not be read; the chip then says nothing about what the role amounts to. */
  privilege: Privilege | null
  custom?: boolean
  /** The role is not held but can be activated. The chip says so in words, in a colour that nothing else has. */
  eligible?: boolean
  className?: string
}

/** A role by its name. An icon and a shade show what it amounts to. */
export function RoleChip({ name, privilege, custom = false, eligible = false, className }: Props) {
  const says = describeRole({ privilege, custom })
  const look = privilege ? LOOKS[privilege] : { tone: 'neutral' as const, icon: undefined }

  return (
    <Chip
      tone={eligible ? 'eligible' : look.tone}
      icon={eligible ? <CircleDashed aria-hidden /> : look.icon}
      title={[
        says ? `${isolateName(name)}: ${says}` : isolateName(name),
        eligible ? 'Eligible: not held until it is activated' : null,
      ]
        .filter(Boolean)
        .join('. ')}
      className={className}
    >
      <Name of={name} />
      {eligible ? ', eligible' : null}
      {says ? <span className="sr-only"> ({says})</span> : null}
      {custom ? (
        <span aria-hidden className="ml-1 font-normal whitespace-nowrap">
          custom
        </span>
      ) : null}
    </Chip>
  )
}

/** An icon with a dot, which tells access to data from access to the resources that hold it. */
function Dotted({ icon, at }: { icon: ReactNode; at: string }) {
  return (
    <span aria-hidden className="relative inline-flex">
      {icon}
      <span className={`absolute size-1.5 rounded-full bg-current ${at}`} />
    </span>
  )
}

/** On which day a role ends by itself. Nothing for a role that is held, or can be activated, without an end. */
export function EndsChip({ kind, endsAt }: { kind: AssignmentKind; endsAt: Date | null }) {
  if (!endsAt) return kind === 'activated' ? <Chip icon={<Hourglass aria-hidden />}>activated</Chip> : null
  const iso = endsAt.toISOString()
  return (
    <Chip icon={<Hourglass aria-hidden />} title={`Ends ${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`}>
      {kind === 'activated' ? 'activated, ' : ''}until {iso.slice(0, 10)}
    </Chip>
  )
}
