import { JsonResponse, type ListPlace, placeAt, startAfter } from '../list-pages'
import type { User } from '../world/types'
import { BadFilter, readFilter } from './filter'
import { accessDenied, badRequest, type GraphCall, graphError, isPlainGuest } from './graph-call'
import type { Projection } from './kinds'
import { fieldOf, listContextOf, readTop, refuseSingleOnly } from './lists'
import { USER, userProjectionOf } from './users'

/**
 * `GET /users/delta`: first everyone; then, from the delta link, who changed (with all selected properties), was deleted
 * (`changed`: in the recycle bin) or was deleted permanently (`deleted`).
 */
export function listUsersDelta(call: GraphCall): Response {
  if (isPlainGuest(call)) return accessDenied()
  const asked = call.options.get('$deltatoken') ?? call.options.get('$skiptoken')
  const latest = asked === 'latest'
  const state = asked === undefined || latest ? beginDelta(call) : readDeltaToken(call, asked)
  if (state instanceof Response) return state
  const options = new Map([...call.options, ...(state.select ? [['$select', state.select] as const] : [])])
  const projection = userProjectionOf({ ...call, options })
  if (projection instanceof Response) return projection
  const names = projection.names && !projection.names.includes('id') ? [...projection.names, 'id'] : projection.names
  const show: Projection<User>['show'] = (user) => ({ ...projection.show(user), id: user.id })
  if (latest) return respondWithDelta(call, { names, show }, { value: [], next: { ...state, row: null }, done: true })
  const top = readTop(call)
  if (top instanceof Response) return top
  const size = Math.min(call.options.has('$top') ? top : call.tenant.pageSizes.users, call.tenant.pageSizes.users)
  const round = state.row ? listEveryone : listChanges
  return respondWithDelta(call, { names, show }, round(call, state, size, show))
}

/** The state of a new delta query. */
function beginDelta(call: GraphCall): DeltaState | Response {
  const filter = call.options.get('$filter')
  const ids = filter ? idsOf(filter) : null
  if (ids instanceof Response) return ids
  const refused = refuseSingleOnly(call, USER)
  if (refused) return refused
  const { world, tenant } = call
  return {
    tenantId: tenant.id,
    bootId: world.bootId,
    issuedAt: world.now(),
    sequence: tenant.sequence,
    row: 'start',
    select: call.options.get('$select') ?? null,
    ids,
  }
}

const MAX_IDS = 50 // people that a delta query may be limited to

function idsOf(text: string): string[] | Response {
  try {
    const { ids } = readFilter<User>(text, {
      type: 'user',
      find: (name) => (name.toLowerCase() === 'id' ? fieldOf(USER, 'id') : null),
    })
    if (ids && ids.length <= MAX_IDS) return ids
  } catch (error) {
    if (!(error instanceof BadFilter)) throw error
  }
  return badRequest(
    `Only filters of the form id eq 'x' or id eq 'y', ${MAX_IDS} at most, are supported.`,
    'Request_UnsupportedQuery',
  )
}

type Page = { value: Record<string, unknown>[]; next: DeltaState; done: boolean }

/** A page of the first round, which lists everyone. What changes meanwhile is in the first use of the delta link. */
function listEveryone(call: GraphCall, state: DeltaState, size: number, show: Projection<User>['show']): Page {
  const { users } = call.tenant
  const people = state.ids ? state.ids.flatMap((id) => users.get(id) ?? []) : users.list()
  const idOf = (user: User) => user.id
  const start = state.row === null || state.row === 'start' ? 0 : startAfter(people, state.row, idOf)
  const end = start + size
  const row = end < people.length ? placeAt(people, end - 1, idOf) : null
  return { value: people.slice(start, end).map(show), next: { ...state, row }, done: row === null }
}

/** A page of a later round, which lists the changes since the token was issued. */
function listChanges(call: GraphCall, state: DeltaState, size: number, show: Projection<User>['show']): Page {
  const events = eventsSince(call.tenant, state)
  const shown = events.slice(0, size)
  const done = shown.length === events.length
  const value = shown.map(({ id, user, reason }) => (user ? show(user) : { id, '@removed': { reason } }))
  const sequence = done ? call.tenant.sequence : (shown.at(-1)?.sequence ?? state.sequence)
  return { value, next: { ...state, sequence, issuedAt: call.world.now() }, done }
}

/** A change of a person; `user` is null when the person was deleted. */
type UserEvent = { sequence: number; id: string; user: User | null; reason: 'changed' | 'deleted' }

/** The latest change of each person since the token was issued, oldest first. */
function eventsSince({ users, deletedUsers, purgedUsers }: GraphCall['tenant'], { sequence, ids }: DeltaState) {
  const byId = new Map<string, UserEvent>()
  const add = (one: UserEvent) => {
    const other = byId.get(one.id)
    if (one.sequence > sequence && (!ids || ids.includes(one.id)) && (!other || other.sequence < one.sequence))
      byId.set(one.id, one)
  }
  for (const user of users.list())
    if (user.changedAt > sequence) add({ sequence: user.changedAt, id: user.id, user, reason: 'changed' })
  for (const user of deletedUsers.list()) add({ sequence: user.changedAt, id: user.id, user: null, reason: 'changed' })
  for (const [id, at] of purgedUsers) add({ sequence: at, id, user: null, reason: 'deleted' })
  return [...byId.values()].sort((a, b) => a.sequence - b.sequence)
}

function respondWithDelta(call: GraphCall, projection: Projection<User>, { value, next, done }: Page): Response {
  const base = `https://${call.cloud.graph}/${call.version}/users/delta`
  const token = writeDeltaToken(next)
  return new JsonResponse({
    '@odata.context': listContextOf(call, 'users', projection.names),
    ...(done
      ? { '@odata.deltaLink': `${base}?$deltatoken=${token}` }
      : { '@odata.nextLink': `${base}?$skiptoken=${token}` }),
    value,
  })
}

/** What a delta token contains; it is opaque to the client. */
type DeltaState = {
  tenantId: string
  bootId: string
  issuedAt: number
  /** The client already knows the changes up to this sequence of the tenant. */
  sequence: number
  /** In the first round `start`, then the place of the last person shown; null in later rounds. */
  row: 'start' | ListPlace | null
  /** The query options of the first request, which Graph remembers. */
  select: string | null
  ids: string[] | null
}

const LIFETIME_MS = 7 * 86_400_000 // of a delta token for directory objects (recalled)

const writeDeltaToken = (state: DeltaState) => Buffer.from(JSON.stringify(state)).toString('base64url')

/** Reads a delta token; the 410 that asks to start again when it is unreadable, too old, of another tenant or of another run. */
function readDeltaToken(call: GraphCall, token: string): DeltaState | Response {
  const state = parse(token)
  const { world, tenant } = call
  if (typeof state?.sequence !== 'number' || state.tenantId !== tenant.id || typeof state.issuedAt !== 'number')
    return refuseDeltaToken(
      call,
      'syncStateNotFound',
      'The sync state generation is not found. Start again without a token.',
    )
  if (world.now() - state.issuedAt > LIFETIME_MS)
    return refuseDeltaToken(call, 'syncStateNotFound', 'The delta token is too old. Start again without a token.')
  if (state.bootId !== world.bootId || state.sequence > tenant.sequence)
    return refuseDeltaToken(call, 'resyncRequired', 'Resync required. Start again without a token.')
  return state as DeltaState
}

function parse(token: string): Partial<DeltaState> | null {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<DeltaState>
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function refuseDeltaToken(call: GraphCall, code: string, message: string): Response {
  const location = `https://${call.cloud.graph}/${call.version}/users/delta`
  return graphError(410, code, message, { location })
}
