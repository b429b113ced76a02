import type { PrincipalKind } from '@/lib/domain/vocabulary'

const KIND_OF: Record<string, PrincipalKind> = {
  user: 'user',
  group: 'group',
  serviceprincipal: 'service_principal',
  foreigngroup: 'foreign_group',
  device: 'device',
}

/** What kind of principal Resource Manager's `principalType` names, in any case; `other` for one we do not know. */
export const principalKind = (type: string | null | undefined): PrincipalKind =>
  KIND_OF[type?.toLowerCase() ?? ''] ?? 'other'
