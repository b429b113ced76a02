import { z } from 'zod'
import type { Initiator } from '@/lib/domain/initiators'
import type { Refused } from '@/lib/domain/problems'
import type { Azure } from './client/clients'
import { listPages } from './client/graph-lists'
import { cleanText, isStorable } from './client/rows'
import { type LogProblem, type LogReading, type LogRow, readLog } from './log-readings'

type Told = { id: string; at: Date; by: Initiator }

/** Somebody came into a group or left it, as a member or an owner. */
export type MembershipEvent = Told & {
  kind: 'member_added' | 'member_removed' | 'owner_added' | 'owner_removed'
  groupId: string
  /** The person, group, service principal or device. */
  memberId: string
}

/** A group was deleted, and with it every membership in it. */
export type GroupEvent = Told & { kind: 'group_deleted'; groupId: string }

/** What happened to a person. `user_purged`: deleted for good, from the recycle bin or at once. */
export type PersonEvent = Told & {
  kind: 'user_disabled' | 'user_enabled' | 'user_deleted' | 'user_purged' | 'user_restored'
  personId: string
}

export type DirectoryEvent = MembershipEvent | GroupEvent | PersonEvent

/**
 * Who changed groups and people since a time, from the audit log of Microsoft Entra (`/auditLogs/directoryAudits`): what
 * succeeded. It takes AuditLog.Read.All and Directory.Read.All, and of a person Reports Reader, Security Reader or Security
 * Administrator.
 *
 * Entra keeps seven days, or thirty with a P1 or P2 licence, and does not say which. `since` is therefore never earlier than seven days
 * ago, unless an older entry was read. A tenant keeps nothing from before its log was first used, which cannot be seen here.
 * The log does not tell of memberships that were activated; for dynamic groups it names a service of Microsoft's or nobody (recalled).
 */
export async function readDirectoryEvents(azure: Azure, since: Date): Promise<LogReading<DirectoryEvent>> {
  const from = new Date(Math.max(since.getTime(), Date.now() - LONGEST_KEPT_MS))
  const filter = encodeURIComponent(`activityDateTime ge ${from.toISOString()}`)
  const order = encodeURIComponent('activityDateTime desc')
  const { events, ...reading } = await readLog({
    request: 'auditLogs/directoryAudits',
    from,
    // One question for all activities: each further one counts at the limit of five requests in ten seconds (Graph: reports).
    pages: listPages(azure, `/auditLogs/directoryAudits?$filter=${filter}&$orderby=${order}&$top=${PER_PAGE}`),
    shape: AuditRow,
    findLack,
  })
  const told = mergeEntries(events.flatMap(({ event }) => (event ? [event] : [])))
  return { ...reading, events: told, since: reading.since && notBefore(reading.since, events) }
}

const PER_PAGE = 999 // a page has at most 1,000 (recalled)
const DAY_MS = 86_400_000
const LONGEST_KEPT_MS = 30 * DAY_MS
const SURELY_KEPT_MS = 7 * DAY_MS

/** The time from which on Entra surely had all entries: seven days ago, or that of the oldest entry if it is older. */
function notBefore(since: Date, entries: readonly { at: Date }[]): Date {
  const oldest = entries.reduce((least, { at }) => Math.min(least, at.getTime()), Date.now() - SURELY_KEPT_MS)
  return new Date(Math.max(since.getTime(), oldest))
}

/** Graph's codes for what is missing (seen in issues, not documented): a permission, a directory role, a licence. */
function findLack({ refusal: { status, microsoftCode } }: Refused): LogProblem['lacks'] {
  const code = microsoftCode ?? ''
  if (/NonPremiumTenant|RequestFromNonPremium/i.test(code)) return 'licence'
  if (/UnsupportedUserRole/i.test(code)) return 'role'
  return status === 403 ? 'permission' : null
}

/** An entry of the log: `event` is null for one that is about something else. */
type Entry = { at: Date; event: (DirectoryEvent & { correlationId: string | null }) | null }

/**
 * The events, the oldest first. When somebody is disabled, Entra writes an entry of that, one of an update of their account, or
 * both (recalled); those of one operation are one event.
 */
function mergeEntries(entries: NonNullable<Entry['event']>[]): DirectoryEvent[] {
  const merged = new Map<string, DirectoryEvent>()
  for (const { correlationId, ...event } of entries) {
    const isOfPerson = 'personId' in event
    const key = isOfPerson && correlationId !== null ? `${event.kind} ${event.personId} ${correlationId}` : event.id
    merged.set(key, event)
  }
  return [...merged.values()].toReversed().toSorted((one, other) => one.at.getTime() - other.at.getTime())
}

/** Microsoft Entra: audit log activity reference. */
const MEMBERSHIPS = new Map<string, MembershipEvent['kind']>(
  Object.entries({
    'add member to group': 'member_added',
    'remove member from group': 'member_removed',
    'add owner to group': 'owner_added',
    'remove owner from group': 'owner_removed',
  }),
)

const PEOPLE = new Map<string, PersonEvent['kind']>(
  Object.entries({
    'disable account': 'user_disabled',
    'enable account': 'user_enabled',
    'delete user': 'user_deleted',
    'hard delete user': 'user_purged',
    'restore user': 'user_restored',
  }),
)

const Guid = z.guid().toLowerCase()
const Text = z.string().nullish().catch(null)
const GuidOrNull = Guid.nullish().catch(null)

/** What is read of every entry, whatever it is about. */
const AnyEntry = z.looseObject({
  id: z.string().min(1),
  activityDateTime: z
    .string()
    .transform((text) => new Date(text))
    .refine(isStorable),
  activityDisplayName: z.string(),
  result: Text,
  correlationId: Text,
})

const ModifiedProperty = z.looseObject({ displayName: Text, oldValue: Text, newValue: Text })

const Target = z.looseObject({
  id: GuidOrNull,
  type: Text,
  modifiedProperties: z.array(ModifiedProperty).nullish().catch(null),
})

const Targets = z.looseObject({ targetResources: z.array(Target) })

const Initiated = z.looseObject({
  initiatedBy: z
    .looseObject({
      user: z.looseObject({ id: GuidOrNull, userPrincipalName: Text, displayName: Text }).nullish().catch(null),
      app: z
        .looseObject({ servicePrincipalId: GuidOrNull, appId: GuidOrNull, displayName: Text })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
})

const AuditRow: z.ZodType<LogRow<Entry>> = AnyEntry.transform((row, context): LogRow<Entry> => {
  const { id, activityDateTime: at, result } = row
  const nothing = { key: id, at, event: { at, event: null } }
  const activity = row.activityDisplayName.toLowerCase()
  const isOurs = MEMBERSHIPS.has(activity) || PEOPLE.has(activity) || ['delete group', 'update user'].includes(activity)
  if (!isOurs || (result && result.toLowerCase() !== 'success')) return nothing
  const targets = Targets.safeParse(row).data?.targetResources
  const what = targets && toldBy(activity, targets)
  if (!what) {
    context.addIssue('An entry does not tell which group or person it is about.')
    return z.NEVER
  }
  if (what === 'something else') return nothing
  const told = { id, at, by: initiatorOf(Initiated.safeParse(row).data), correlationId: row.correlationId ?? null }
  return { key: id, at, event: { at, event: { ...told, ...what } } }
})

type OfTarget = z.infer<typeof Target>
type What = Omit<MembershipEvent, keyof Told> | Omit<GroupEvent, keyof Told> | Omit<PersonEvent, keyof Told>

/** What an entry is about; null when its targets do not tell. */
function toldBy(activity: string, targets: OfTarget[]): What | 'something else' | null {
  const membership = MEMBERSHIPS.get(activity)
  if (membership) {
    const found = findMembership(targets)
    return found && { kind: membership, ...found }
  }
  if (activity === 'delete group') {
    const groupId = targets.find(isGroup)?.id
    return groupId ? { kind: 'group_deleted', groupId } : null
  }
  const person = targets.find(({ type }) => type?.toLowerCase() === 'user')
  const kind = PEOPLE.get(activity) ?? switchedBy(person)
  if (!kind) return 'something else'
  return person?.id ? { kind, personId: person.id } : null
}

const isGroup = ({ type }: OfTarget): boolean => type?.toLowerCase() === 'group'

/**
 * The group and the member of an entry. Microsoft's samples differ in the order of the two, so they are told apart: by the
 * group's id in the properties of the member (recalled: the new value when it came, the old one when it left), else by their
 * types. A group in a group is told apart by the former only.
 */
function findMembership(targets: OfTarget[]): { groupId: string; memberId: string } | null {
  for (const { id, modifiedProperties } of targets) {
    const named = modifiedProperties?.find(({ displayName }) => displayName?.toLowerCase() === 'group.objectid')
    const groupId = guidIn(named?.newValue) ?? guidIn(named?.oldValue)
    if (groupId !== null && id) return { groupId, memberId: id }
  }
  const [groups, others] = [targets.filter(isGroup), targets.filter((one) => !isGroup(one))]
  const [groupId, memberId] = [groups[0]?.id, others[0]?.id]
  return groups.length === 1 && others.length === 1 && groupId && memberId ? { groupId, memberId } : null
}

/** The GUID in a value, which the log writes as JSON within the text. */
const guidIn = (value: string | null | undefined): string | null =>
  Guid.safeParse(value?.replace(/^[\s["]+|[\s"\]]+$/g, '')).data ?? null

/** Whether an update of a person disabled or enabled them; undefined when it is of something else. */
function switchedBy(person: OfTarget | undefined): PersonEvent['kind'] | undefined {
  const property = person?.modifiedProperties?.find(
    ({ displayName }) => displayName?.toLowerCase() === 'accountenabled',
  )
  const value = /^[\s["]*(true|false)[\s"\]]*$/i.exec(property?.newValue ?? '')?.[1]?.toLowerCase()
  return value === undefined ? undefined : value === 'true' ? 'user_enabled' : 'user_disabled'
}

/** An application often has no client ID here, and a service of Microsoft's own neither id (recalled). */
function initiatorOf(row: z.infer<typeof Initiated> | undefined): Initiator {
  const { user, app } = row?.initiatedBy ?? {}
  const name = cleanText(user?.userPrincipalName) ?? cleanText(user?.displayName)
  if (user?.id || name !== null) return { kind: 'user', id: user?.id ?? null, clientId: null, name }
  const [id, clientId, appName] = [app?.servicePrincipalId ?? null, app?.appId ?? null, cleanText(app?.displayName)]
  return id || clientId || appName ? { kind: 'service_principal', id, clientId, name: appName } : NOBODY
}

const NOBODY: Initiator = { kind: null, id: null, clientId: null, name: null }
