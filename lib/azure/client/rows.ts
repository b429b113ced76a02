import { z } from 'zod'
import type { Permission, PrincipalKind } from '@/lib/domain/vocabulary'

const Operations = z
  .array(z.string())
  .nullish()
  .transform((list) => (list ?? []).map(cleanText).filter((one) => one !== null))

/** One entry of the permissions of a role definition or of a deny assignment; a list that is left out is empty. */
export const PermissionRow: z.ZodType<Permission> = z.object({
  actions: Operations,
  notActions: Operations,
  dataActions: Operations,
  notDataActions: Operations,
})

/** Names come from whoever could set one; no honest one is longer. */
const LONGEST_TEXT = 1000

/** A foreign text that PostgreSQL accepts: no NUL, no half of a surrogate pair, at most 1,000 characters. Empty reads as null. */
export function cleanText(text: string | null | undefined): string | null {
  const whole = (text ?? '').replaceAll('\u0000', '').toWellFormed()
  const clean =
    whole.length > LONGEST_TEXT
      ? [...whole.slice(0, 2 * LONGEST_TEXT)].slice(0, LONGEST_TEXT).join('').toWellFormed()
      : whole
  return clean === '' ? null : clean
}

/** The GUID an Azure id ends in: the prefix of a role definition differs by who is asked. */
export const TrailingGuid = z
  .string()
  .transform((id) => id.slice(id.lastIndexOf('/') + 1))
  .pipe(z.guid().toLowerCase())

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
