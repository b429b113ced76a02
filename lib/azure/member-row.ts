import { z } from 'zod'
import type { PrincipalKind } from '@/lib/domain/vocabulary'
import { cleanText } from './clean-text'
import { type Person, UserPerson } from './person'

const KIND_OF: Record<string, PrincipalKind> = {
  '#microsoft.graph.user': 'user',
  '#microsoft.graph.group': 'group',
  '#microsoft.graph.serviceprincipal': 'service_principal',
  '#microsoft.graph.device': 'device',
}

type Member = {
  id: string
  kind: PrincipalKind
  name: string | null
  /** Null for what is not a user, and for one of whom this account may know no more than the id. */
  person: Person | null
}

/**
 * A row of a group's members. Objects that the permissions do not reach come with id and type alone, every other property
 * null (Graph: "limited information returned for inaccessible member objects").
 */
export const MemberRow = z
  .looseObject({
    id: z.guid().toLowerCase(),
    '@odata.type': z.string().nullish(),
    displayName: z.string().nullish(),
    userPrincipalName: z.string().nullish(),
  })
  .transform((row, context): Member => {
    const kind = KIND_OF[row['@odata.type']?.toLowerCase() ?? ''] ?? 'other'
    const limited = kind !== 'user' || (row.displayName == null && row.userPrincipalName == null)
    const person = limited ? null : UserPerson.safeParse(row)
    if (person && !person.success) context.addIssue('is not a user')
    return { id: row.id, kind, name: cleanText(row.displayName), person: person?.data ?? null }
  })
