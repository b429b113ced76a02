import { z } from 'zod'
import type { Permission, PrincipalKind } from '@/lib/domain/vocabulary'
import { badAnswer } from './errors'

/** What Microsoft sent, in the given shape. Throws `bad_answer` when it does not have it. */
export function parseAs<T>(shape: z.ZodType<T>, value: unknown, status?: number): T {
  const parsed = shape.safeParse(value)
  if (!parsed.success) throw badAnswer({ status, cause: parsed.error })
  return parsed.data
}

/** A row that could not be understood, by the id that Microsoft gave it; null when not even that can be read. */
export type OddRow = { id: string | null }

const Identified = z.looseObject({ id: z.string().nullish().catch(null), name: z.string().nullish().catch(null) })

/**
 * The rows of a list that have the given shape, and the others by their ids: one row that cannot be understood is no
 * reason to lose the rest of its list.
 */
export function keepReadable<T>(shape: z.ZodType<T>, values: readonly unknown[]): { rows: T[]; odd: OddRow[] } {
  const rows: T[] = []
  const odd: OddRow[] = []
  for (const value of values) {
    const parsed = shape.safeParse(value)
    if (parsed.success) rows.push(parsed.data)
    else {
      const named = Identified.safeParse(value).data
      odd.push({ id: cleanText(named?.id) ?? cleanText(named?.name) })
    }
  }
  return { rows, odd }
}

const Guid = z.guid().toLowerCase()

/**
 * Tells of an object whether one of these rows of the directory, which could not be understood, may be its own. A row
 * whose id is missing, or is no id at all, may be anybody's.
 */
export function matchOdd(odd: readonly OddRow[]): (objectId: string) => boolean {
  const ids = new Set(odd.map(({ id }) => Guid.safeParse(id).data))
  return (objectId) => ids.has(undefined) || ids.has(objectId)
}

/**
 * Adds odd rows to those that are known. One that comes a second time, because its list was begun again, is not added;
 * rows without an id cannot be told apart and all count.
 */
export function addOdd(known: OddRow[], more: readonly OddRow[]): void {
  const ids = new Set(known.map(({ id }) => id))
  known.push(...more.filter(({ id }) => id === null || !ids.has(id)))
}

const JsonObject = z.looseObject({})

/** The JSON object in a text, such as the body of an answer with this status. Throws `bad_answer` for anything else. */
export function parseJsonObject(text: string, status?: number): z.infer<typeof JsonObject> {
  try {
    return parseAs(JsonObject, JSON.parse(text), status)
  } catch (error) {
    throw error instanceof SyntaxError ? badAnswer({ status, cause: error }) : error
  }
}

/** The body that all of Microsoft's refusals have, with Microsoft's own code. */
export const ErrorBody = z.looseObject({ error: z.looseObject({ code: z.string() }) })

/** Microsoft's code in the body of a refusal; undefined when there is none, as in the error page of a proxy. */
export function codeInBody(text: string): string | undefined {
  try {
    return ErrorBody.safeParse(JSON.parse(text)).data?.error.code
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The longest text that is kept. Names are set by anybody, and no honest one is longer. */
const LONGEST_TEXT = 1000

/**
 * A text of Microsoft's as it is kept: cut to 1,000 characters, the last of which is then a mark of the cut. Null for an
 * empty or absent one. Answers come without NUL and without half of a surrogate pair (see answer-body.ts); what is inside an
 * ID token or a header loses them here.
 */
export function cleanText(text: string | null | undefined): string | null {
  const whole = (text ?? '').replaceAll('\u0000', '').toWellFormed()
  if (whole.length <= LONGEST_TEXT) return whole === '' ? null : whole
  const characters = [...whole.slice(0, 2 * LONGEST_TEXT)]
  if (characters.length <= LONGEST_TEXT && whole.length <= 2 * LONGEST_TEXT) return whole
  return `${characters.slice(0, LONGEST_TEXT - 1).join('')}…`
}

/** The longest condition that is kept. Azure takes 8 KB (Azure RBAC: conditions-faq). */
const LONGEST_CONDITION = 10_000

/** The condition of an assignment; a longer one than Azure takes is cut, and says so. Null for an empty or absent one. */
export function cutCondition(condition: string | null | undefined): string | null {
  if (!condition) return null
  if (condition.length <= LONGEST_CONDITION) return condition
  const length = condition.length.toLocaleString('en')
  return `${condition.slice(0, LONGEST_CONDITION).toWellFormed()} … (Rolecall keeps only the beginning: the condition has ${length} characters.)`
}

/** Bytes of a scope that can be a part of a key: PostgreSQL takes 2,700 in an index, and Azure's ids are far shorter. */
const LONGEST_SCOPE_BYTES = 2000

/** The scope of an assignment. A row with a longer one than any scope of Azure's is odd. */
export const Scope = z
  .string()
  .startsWith('/')
  .refine((scope) => Buffer.byteLength(scope) <= LONGEST_SCOPE_BYTES)

/** The name of an assignment: a GUID, or in a few denials another word. */
export const AssignmentName = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 100)

/** Whether PostgreSQL can store a time that was read: it takes years from 1 on, written with four digits. */
export const isStorable = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999

/**
 * The GUID that an Azure id ends with. Only this part is kept of the id of a role definition, since the scope before it
 * depends on which scope was asked.
 */
export const TrailingGuid = z
  .string()
  .transform((id) => id.slice(id.lastIndexOf('/') + 1))
  .pipe(z.guid().toLowerCase())

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

const KIND_OF = new Map<string, PrincipalKind>(
  Object.entries({
    user: 'user',
    agentuser: 'user',
    group: 'group',
    serviceprincipal: 'service_principal',
    agentserviceprincipal: 'service_principal',
    agentidentity: 'service_principal',
    agentidentityblueprintprincipal: 'service_principal',
    foreigngroup: 'foreign_group',
    device: 'device',
  }),
)

/**
 * The kind of a principal by the type that Microsoft names, in any case: Resource Manager's `principalType` (`User`) or
 * Graph's `@odata.type` (`#microsoft.graph.user`), and whether it is an AI agent's. `other` for a type that is not known
 * here, or none: the directory is then asked (see principal-kinds.ts). Agents since July 2026: azure-rest-api-specs 44846.
 */
export function principalKindOf(type: string | null | undefined): { kind: PrincipalKind; agent: boolean } {
  const name = (type ?? '').toLowerCase().replace(/^#microsoft\.graph\./, '')
  return { kind: KIND_OF.get(name) ?? 'other', agent: name.startsWith('agent') }
}
