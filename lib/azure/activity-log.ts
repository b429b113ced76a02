import { z } from 'zod'
import { assignmentKey } from '@/lib/domain/assignment-keys'
import type { Initiator } from '@/lib/domain/initiators'
import type { Azure } from './client/clients'
import { armPages } from './client/lists'
import { cleanText, isStorable, Scope, TrailingGuid } from './client/rows'
import { type LogReading, type LogRow, readLog } from './log-readings'

type Operation = {
  /** Azure's id of the operation, which all of its events share. */
  operationId: string
  /** When it ended. */
  at: Date
  by: Initiator
}

/** A role assignment that was made, changed or removed. */
export type AssignmentEvent = Operation & {
  kind: 'assignment_written' | 'assignment_deleted'
  assignmentId: string
  /** See `lib/domain/assignment-keys`. */
  key: string
  scope: string
  /** Null where Azure does not tell it, which is so for some deletions. */
  principalId: string | null
  roleId: string | null
}

/** A custom role that was made, changed or removed. */
export type RoleEvent = Operation & { kind: 'role_written' | 'role_deleted'; roleId: string }

/** A Global Administrator became User Access Administrator at the root. */
export type ElevationEvent = Operation & { kind: 'access_elevated' }

export type AuthorizationEvent = AssignmentEvent | RoleEvent | ElevationEvent

/**
 * Who changed role assignments and custom roles since a time, from Azure's activity log (2015-04-01): operations of
 * `Microsoft.Authorization` that succeeded. Azure keeps 90 days, so `since` may be later than what was asked for.
 *
 * A subscription's log has what was done in it and below it, for which Reader suffices. That a management group has a log of its own
 * at the same path, with what was done at the group itself, is recalled. The log of the root, `/`, tells who elevated their
 * access; it takes a role at the root or at `/providers/Microsoft.Insights`.
 *
 * @param scope `/`, `/subscriptions/{id}` or `/providers/Microsoft.Management/managementGroups/{id}`
 */
export async function readAuthorizationEvents(
  azure: Azure,
  scope: string,
  since: Date,
): Promise<LogReading<AuthorizationEvent>> {
  const now = Date.now()
  const from = new Date(Math.max(since.getTime(), now - KEPT_MS))
  const begin = new Date(Math.max(from.getTime() - OPERATION_MS, now - KEPT_MS)).toISOString()
  const end = new Date(now + AHEAD_MS).toISOString()
  // The filter has this form only: both times and one property. What the tenant's log takes for elevated access is its times alone.
  const only = scope === '/' ? '' : " and resourceProvider eq 'Microsoft.Authorization'"
  const filter = encodeURIComponent(`eventTimestamp ge '${begin}' and eventTimestamp le '${end}'${only}`)
  const [, subscriptionId = NO_SUBSCRIPTION] = /^\/subscriptions\/([^/]+)$/i.exec(scope) ?? []
  const at = scope === '/' ? '' : scope.split('/').map(encodeURIComponent).join('/')
  // The caller of an event is not among the properties that can be selected, so all of them are read.
  const path = `${at}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=${filter}`
  const { events, ...reading } = await readLog({
    request: 'eventtypes/management/values',
    from,
    pages: armPages(azure, subscriptionId, path),
    shape: EventRow,
    findLack: ({ refusal }) => (refusal.status === 403 ? 'role' : null),
  })
  const cut = reading.since ?? from
  return { ...reading, events: joinParts(events).filter(({ at }) => at >= cut) }
}

const NO_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'
const MINUTE_MS = 60_000

/** Azure refuses an earlier time than 90 days ago; its clock and ours may differ. */
const KEPT_MS = 90 * 24 * 60 * MINUTE_MS - 60 * MINUTE_MS

/** An operation that ended in the time asked for may have started before it: Azure gives it up after some minutes. */
const OPERATION_MS = 5 * MINUTE_MS

/** The end of the time that is asked for lies ahead, so that no event is missed because clocks differ. */
const AHEAD_MS = 60 * MINUTE_MS

const KINDS = new Map<string, AuthorizationEvent['kind']>(
  Object.entries({
    'microsoft.authorization/roleassignments/write': 'assignment_written',
    'microsoft.authorization/roleassignments/delete': 'assignment_deleted',
    'microsoft.authorization/roledefinitions/write': 'role_written',
    'microsoft.authorization/roledefinitions/delete': 'role_deleted',
    'microsoft.authorization/elevateaccess/action': 'access_elevated',
  }),
)

/** One event of an operation. The start of a write tells what was asked for, the end whether it succeeded. */
type Part = {
  kind: AuthorizationEvent['kind']
  operationId: string
  at: Date
  resourceId: string
  succeeded: boolean
  by: Initiator
  told: Told
}

/** What the request or the answer of an operation tells of its assignment. */
type Told = { principalId: string | null; roleId: string | null }

/** Joins the events of each operation. One that has not succeeded (yet) is left out. The oldest first. */
function joinParts(parts: readonly Part[]): AuthorizationEvent[] {
  const operations = Map.groupBy(parts, ({ operationId, resourceId }) => `${operationId} ${resourceId}`.toLowerCase())
  return [...operations.values()]
    .toReversed()
    .flatMap(joinOperation)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
}

function joinOperation(parts: Part[]): AuthorizationEvent[] {
  const end = parts.find(({ succeeded }) => succeeded)
  if (!end) return []
  const { kind, operationId, at, resourceId } = end
  const { by } = parts.find((part) => part.by.kind !== null) ?? end
  const operation = { operationId, at, by }
  if (kind === 'access_elevated') return [{ ...operation, kind }]
  const name = resourceId.slice(resourceId.lastIndexOf('/') + 1).toLowerCase()
  if (kind === 'role_written' || kind === 'role_deleted') return [{ ...operation, kind, roleId: name }]
  const scope = scopeOf(resourceId)
  const told = (of: keyof Told) => parts.find((part) => part.told[of] !== null)?.told[of] ?? null
  const assignment = { assignmentId: name, key: assignmentKey(scope, name), scope }
  return [{ ...operation, kind, ...assignment, principalId: told('principalId'), roleId: told('roleId') }]
}

/** The scope in the ID of an assignment; there is nothing before the provider at the root. */
const scopeOf = (resourceId: string): string =>
  resourceId.slice(0, resourceId.toLowerCase().lastIndexOf('/providers/microsoft.authorization/')) || '/'

const Time = z
  .string()
  .transform((text) => new Date(text))
  .refine(isStorable)
const Text = z.string().nullish().catch(null)
const Texts = z.record(z.string(), z.unknown()).nullish().catch(null)

/** What is read of every event, whatever it is about. */
const AnyEvent = z.looseObject({
  eventDataId: z.string().min(1),
  eventTimestamp: Time,
  operationName: z.looseObject({ value: z.string() }),
})

/** The ID of an assignment or a role; what is asked for when access is elevated has none. */
const ResourceId = Scope.regex(/\/providers\/Microsoft\.Authorization\/role(Assignments|Definitions)\/[^/]+$/i).refine(
  (id) => TrailingGuid.safeParse(id).success,
)

const PartRow = z.looseObject({
  operationId: z.string().min(1),
  resourceId: z.string().nullish(),
  status: z.looseObject({ value: z.string() }),
  caller: Text,
  claims: Texts,
  properties: Texts,
})

const EventRow: z.ZodType<LogRow<Part>> = AnyEvent.transform((row, context): LogRow<Part> => {
  const { eventDataId: key, eventTimestamp: at } = row
  const kind = KINDS.get(row.operationName.value.toLowerCase())
  if (!kind) return { key, at, event: null }
  const part = PartRow.safeParse(row).data
  const resourceId = kind === 'access_elevated' ? '' : ResourceId.safeParse(part?.resourceId).data
  if (!part || resourceId === undefined) {
    context.addIssue('An event of access does not tell which operation it belongs to, or what it changed.')
    return z.NEVER
  }
  const { operationId, status, properties } = part
  const succeeded = status.value.toLowerCase() === 'succeeded'
  const told = tellOf(properties ?? {})
  return { key, at, event: { kind, operationId, at, resourceId, succeeded, by: initiatorOf(part), told } }
})

const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
const UPN = /\/claims\/upn$|^upn$/i

const Guid = z.guid().toLowerCase()
const guidIn = (value: unknown): string | null => Guid.safeParse(value).data ?? null

/**
 * Who called: "UPN claim or SPN claim" (specification of 2015-04-01). For an application it is recalled to be the client ID or
 * the object ID, and both also stand in the claims; a person's token has the client ID of the program they worked with.
 */
function initiatorOf({ caller, claims }: z.infer<typeof PartRow>): Initiator {
  const known = claims ?? {}
  const upn = Object.entries(known).find(([name]) => UPN.test(name))?.[1]
  const name = caller?.includes('@') ? caller : typeof upn === 'string' && upn.includes('@') ? upn : null
  const id = guidIn(known[OBJECT_ID]) ?? guidIn(known.oid)
  if (name !== null) return { kind: 'user', id, clientId: null, name: cleanText(name) }
  const clientId = guidIn(known.appid)
  const called = guidIn(caller)
  if (id === null && clientId === null) {
    const kind = called === null ? null : 'service_principal'
    return { kind, id: null, clientId: null, name: cleanText(caller) }
  }
  const unless = (other: string | null) => (other === called ? null : called)
  return { kind: 'service_principal', id: id ?? unless(clientId), clientId: clientId ?? unless(id), name: null }
}

/**
 * What the text of the request (`requestbody`: Azure RBAC change-history-report) or of the answer (`responseBody`, recalled for
 * deletions) tells of an assignment. Names come in any case. An answer that says nothing of it is no reason to lose the event.
 */
function tellOf(properties: Record<string, unknown>): Told {
  const told: Told = { principalId: null, roleId: null }
  for (const [name, text] of Object.entries(properties)) {
    if (!/^(request|response)body$/i.test(name) || typeof text !== 'string' || text.length > LONGEST_BODY) continue
    const body = lowerNames(parseQuietly(text))
    const inner = lowerNames(body.properties)
    told.principalId ??= guidIn(inner.principalid) ?? guidIn(body.principalid)
    told.roleId ??= TrailingGuid.safeParse(inner.roledefinitionid ?? body.roledefinitionid).data ?? null
  }
  return told
}

/** Characters of a request or an answer that is looked into. A condition, the longest part of either, has 8 KB at most. */
const LONGEST_BODY = 50_000

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The members of an object by their names in lower case; none of anything else. */
const lowerNames = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(Object(value)).map(([name, one]) => [name.toLowerCase(), one]))
