import { Eye, KeyRound, PencilLine } from 'lucide-react'
import { Chip, type ChipTone } from '@/components/ui/chip'
import type { Privilege } from '@/db/schema'

const LOOKS: Record<Privilege, { tone: ChipTone; says: string; icon: React.ReactNode }> = {
  grants_access: { tone: 'accent', says: 'can grant access', icon: <KeyRound aria-hidden /> },
  writes: { tone: 'neutral', says: 'can write', icon: <PencilLine aria-hidden /> },
  writes_data: { tone: 'neutral', says: 'can write data', icon: <PencilLine aria-hidden /> },
  reads_data: { tone: 'neutral', says: 'reads data', icon: <EyeWithDot /> },
  reads: { tone: 'neutral', says: 'reads', icon: <Eye aria-hidden /> },
}

type Props = { name: string; privilege: Privilege | null; custom?: boolean; className?: string }

/** A role by its name, with what it amounts to as icon and shade. */
export function RoleChip({ name, privilege, custom, className }: Props) {
  const look = LOOKS[privilege ?? 'reads']
  const says = [privilege ? look.says : null, custom ? 'custom role' : null].filter(Boolean).join(', ')

  return (
    <Chip
      tone={privilege ? look.tone : 'neutral'}
      icon={privilege ? look.icon : undefined}
      title={says ? `${name}: ${says}` : name}
      className={className}
    >
      <span dir="auto">{name}</span>
      {says ? <span className="sr-only"> ({says})</span> : null}
      {custom ? (
        <span aria-hidden className="ml-1 font-normal">
          custom
        </span>
      ) : null}
    </Chip>
  )
}

function EyeWithDot() {
  return (
    <span aria-hidden className="relative inline-flex">
      <Eye />
      <span className="absolute -top-px -right-0.5 size-1.5 rounded-full bg-current" />
    </span>
  )
}
