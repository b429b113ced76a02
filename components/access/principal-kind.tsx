import { Chip } from '@/components/ui/chip'
import type { PrincipalKind as Kind, PrincipalVariety } from '@/lib/domain/vocabulary'

const KINDS: Record<Kind, string> = {
  user: 'User',
  group: 'Group',
  service_principal: 'Service principal',
  foreign_group: 'Group of another tenant',
  device: 'Device',
  other: 'Other',
}

/** What a principal is, as exactly as it is known. What belongs to Microsoft's own platform is marked: it is no cause for alarm. */
export function PrincipalKind({ kind, variety }: { kind: Kind; variety: PrincipalVariety | null }) {
  if (variety === 'managed_identity') return 'Managed identity'
  if (variety === 'application') return 'Application'
  if (variety === 'platform')
    return (
      <span className="inline-flex items-center gap-1.5">
        Application
        <Chip title="Belongs to a service of Microsoft, which needs its role to work">Microsoft platform</Chip>
      </span>
    )
  return KINDS[kind]
}
