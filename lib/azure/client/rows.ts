import { z } from 'zod'
import type { Permission, PrincipalKind } from '@/lib/domain/vocabulary'
import { badAnswer } from './errors'

/** What Microsoft sent, in the given shape. Throws `bad_answer` when it does not have it. */
export function parseAs<T>(shape: z.ZodType<T>, value: unknown, status?: number): T {
  const parsed = shape.safeParse(value)
  if (!parsed.success) throw badAnswer({ status, cause: parsed.error })
  return parsed.data
}

const JsonObject = z.looseObject({})

/** The JSON object in the body of an answer with this status. Throws `bad_answer` for anything else. */
export function parseJsonObject(text: string, status: number): z.infer<typeof JsonObject> {
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
 * A text of Microsoft's in a form that PostgreSQL accepts: without NUL and without half of a surrogate pair, cut to 1,000
 * characters. Null for an empty or absent one.
 */
export function cleanText(text: string | null | undefined): string | null {
  const whole = (text ?? '').replaceAll('\u0000', '').toWellFormed()
  const clean =
    whole.length > LONGEST_TEXT
      ? [...whole.slice(0, 2 * LONGEST_TEXT)].slice(0, LONGEST_TEXT).join('').toWellFormed()
      : whole
  return clean === '' ? null : clean
}

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

const KIND_OF: Record<string, PrincipalKind> = {
  user: 'user',
  group: 'group',
  serviceprincipal: 'service_principal',
  foreigngroup: 'foreign_group',
  device: 'device',
}

/**
 * The kind of a principal by the type that Microsoft names, in any case: Resource Manager's `principalType` (`User`) or
 * Graph's `@odata.type` (`#microsoft.graph.user`). `other` for a type that is not known here, or none.
 */
export function principalKindOf(type: string | null | undefined): PrincipalKind {
  const name = (type ?? '').toLowerCase().replace(/^#microsoft\.graph\./, '')
  return KIND_OF[name] ?? 'other'
}
