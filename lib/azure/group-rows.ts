import { z } from 'zod'
import type { PrincipalKind } from '@/lib/domain/vocabulary'
import { cleanText, isStorable, principalKindOf } from './client/rows'
import { type Person, UserPerson } from './people'

/** A member as the list of members names it. */
export type ListedMember = { id: string; kind: PrincipalKind; agent: boolean; name: string | null }

type Member = ListedMember & {
  /** Null for what is not a user, and for a user of whom this account may know no more than the id. */
  person: Person | null
}

/**
 * A row of a group's members. Members that the permissions do not reach come with id and type alone, every other property
 * null (Graph: "limited information returned for inaccessible member objects").
 */
export const MemberRow = z
  .looseObject({
    id: z.guid().toLowerCase(),
    '@odata.type': z.string().nullish().catch(null),
    displayName: z.string().nullish().catch(null),
    userPrincipalName: z.string().nullish().catch(null),
  })
  .transform((row): Member => {
    const { kind, agent } = principalKindOf(row['@odata.type'])
    const isLimited = kind !== 'user' || (row.displayName == null && row.userPrincipalName == null)
    const person = isLimited ? null : (UserPerson.safeParse(row).data ?? null)
    return { id: row.id, kind, agent, name: cleanText(row.displayName), person }
  })

/** A user, group or service principal as an owner, or as an expanded principal. */
export const OwnerRow = z
  .looseObject({
    id: z.guid().toLowerCase(),
    '@odata.type': z.string().nullish().catch(null),
    displayName: z.string().nullish().catch(null),
  })
  .transform((row) => ({
    id: row.id,
    ...principalKindOf(row['@odata.type']),
    name: cleanText(row.displayName),
  }))

/** A group with its name and its owners as they came; null when what came is no list. */
export const ExpandedOwners = z
  .looseObject({
    id: z.guid().toLowerCase(),
    displayName: z.string().nullish().catch(null),
    owners: z
      .array(z.unknown())
      .nullish()
      .transform((list) => list ?? [])
      .nullable()
      .catch(null),
  })
  .transform(({ id, displayName, owners }) => ({ id, name: cleanText(displayName), owners }))

const DateText = z.iso
  .datetime({ offset: true })
  .nullish()
  .transform((text) => (text ? new Date(text) : null))
  .refine((time) => time === null || isStorable(time))

/**
 * A row of Privileged Identity Management for groups: who can become a member or an owner, or has become it. The sample
 * of Microsoft's page and its description spell `accessId` and `assignmentType` in different cases.
 */
export const PimRow = z
  .looseObject({
    accessId: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['member', 'owner'])),
    principalId: z.guid().toLowerCase(),
    principal: OwnerRow.nullish().catch(null),
    endDateTime: DateText,
    assignmentType: z.string().nullish(),
  })
  .transform(({ accessId, principalId, principal, endDateTime, assignmentType }) => ({
    access: accessId,
    principal: principal ?? { id: principalId, kind: 'other' as const, agent: false, name: null },
    endsAt: endDateTime,
    activated: assignmentType?.toLowerCase() === 'activated',
  }))
