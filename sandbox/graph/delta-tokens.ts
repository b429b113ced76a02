import { JsonResponse } from '../list-pages'
import { BadFilter, readFilter } from './filter'
import { badRequest, type GraphCall, graphError } from './graph-call'
import type { Kind } from './kinds'
import { fieldOf } from './lists'

/** The part of a delta token that every set has; the token is opaque to the client. */
export type DeltaToken = {
  tenantId: string
  bootId: string
  issuedAt: number
  /** The query options of the first request, which Graph remembers. */
  select: string | null
  ids: string[] | null
}

/** One page of a delta query. `next` is where it goes on: to a next page, or when `done` to the next round. */
export type DeltaPage<T> = { value: Record<string, unknown>[]; next: T; done: boolean }

/** The common part of the token of a new delta query; the refusal of a filter other than by ids. */
export function beginDeltaToken<T extends { id: string }>(call: GraphCall, kind: Kind<T>): DeltaToken | Response {
  const filter = call.options.get('$filter')
  const ids = filter ? idsOf(kind, filter) : null
  if (ids instanceof Response) return ids
  const { world, tenant } = call
  const select = call.options.get('$select') ?? null
  return { tenantId: tenant.id, bootId: world.bootId, issuedAt: world.now(), select, ids }
}

const MAX_IDS = 50 // objects that a delta query may be limited to

function idsOf<T extends { id: string }>(kind: Kind<T>, text: string): string[] | Response {
  try {
    const find = (name: string) => (name.toLowerCase() === 'id' ? fieldOf(kind, 'id') : null)
    const { ids } = readFilter<T>(text, { type: kind.name, find })
    if (ids && ids.length <= MAX_IDS) return ids
  } catch (error) {
    if (!(error instanceof BadFilter)) throw error
  }
  return badRequest(
    `Only filters of the form id eq 'x' or id eq 'y', ${MAX_IDS} at most, are supported.`,
    'Request_UnsupportedQuery',
  )
}

/** Answers with a page and the link that goes on from it. */
export function respondWithDelta(
  call: GraphCall,
  set: string,
  { context, page }: { context: string; page: DeltaPage<DeltaToken> },
): Response {
  const base = `https://${call.cloud.graph}/${call.version}/${set}/delta`
  const token = Buffer.from(JSON.stringify(page.next)).toString('base64url')
  return new JsonResponse({
    '@odata.context': context,
    ...(page.done
      ? { '@odata.deltaLink': `${base}?$deltatoken=${token}` }
      : { '@odata.nextLink': `${base}?$skiptoken=${token}` }),
    value: page.value,
  })
}

const LIFETIME_MS = 7 * 86_400_000 // of a delta token for directory objects (recalled)

/**
 * Reads a delta token; the 410 that asks to start again when it is unreadable, too old, of another tenant or of another
 * run.
 *
 * @param isKnown whether the token's place in the history of the set is one that was given out
 */
export function readDeltaToken<T extends DeltaToken>(
  call: GraphCall,
  set: string,
  { token, isKnown }: { token: string; isKnown: (state: Partial<T>) => boolean },
): T | Response {
  const location = `https://${call.cloud.graph}/${call.version}/${set}/delta`
  const refuse = (code: string, message: string) => graphError(410, code, message, { location })
  const state = parse<T>(token)
  const { world, tenant } = call
  if (!state || state.tenantId !== tenant.id || typeof state.issuedAt !== 'number')
    return refuse('syncStateNotFound', 'The sync state generation is not found. Start again without a token.')
  if (world.now() - state.issuedAt > LIFETIME_MS)
    return refuse('syncStateNotFound', 'The delta token is too old. Start again without a token.')
  if (state.bootId !== world.bootId || !isKnown(state))
    return refuse('resyncRequired', 'Resync required. Start again without a token.')
  return state as T
}

function parse<T>(token: string): Partial<T> | null {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<T>
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
