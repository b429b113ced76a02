import { Hourglass } from 'lucide-react'
import { Chip } from '@/components/ui/chip'
import type { AssignmentKind } from '@/lib/domain/vocabulary'

/** The mark of what ends by itself, with the day; nothing for what is held or can be activated without an end. */
export function Until({ kind, endsAt }: { kind: AssignmentKind; endsAt: Date | null }) {
  if (!endsAt) return kind === 'activated' ? <Chip icon={<Hourglass aria-hidden />}>activated</Chip> : null
  const iso = endsAt.toISOString()
  return (
    <Chip icon={<Hourglass aria-hidden />} title={`Ends ${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`}>
      {kind === 'activated' ? 'activated, ' : ''}until {iso.slice(0, 10)}
    </Chip>
  )
}
