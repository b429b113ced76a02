import { type ListPlace, placeAt, startAfter } from '../list-pages'
import type { User } from '../world/types'
import { beginDeltaToken, type DeltaPage, type DeltaToken, readDeltaToken, respondWithDelta } from './delta-tokens'
import { accessDenied, type GraphCall, isPlainGuest } from './graph-call'
import type { Projection } from './kinds'
import { listContextOf, readTop, refuseSingleOnly } from './lists'
import { USER, userProjectionOf } from './users'

/**
 * `GET /users/delta`: first everyone; then, from the delta link, who changed (with all selected properties), was deleted
 * (`changed`: in the recycle bin) or was deleted permanently (`deleted`).
 */
export function listUsersDelta(call: GraphCall): Response {
  if (isPlainGuest(call)) return accessDenied()
  const asked = call.options.get('$deltatoken') ?? call.options.get('$skiptoken')
  const latest = asked === 'latest'
  const isKnown = ({ sequence }: Partial<DeltaState>) => sequence !== undefined && sequence <= call.tenant.sequence
  const state =
    asked === undefined || latest
      ? beginDelta(call)
      : readDeltaToken<DeltaState>(call, 'users', { token: asked, isKnown })
  if (state instanceof Response) return state
  const options = new Map([...call.options, ...(state.select ? [['$select', state.select] as const] : [])])
  const projection = refuseSingleOnly({ ...call, options }, USER) ?? userProjectionOf({ ...call, options })
  if (projection instanceof Response) return projection
  const names = projection.names && !projection.names.includes('id') ? [...projection.names, 'id'] : projection.names
  const show: Projection<User>['show'] = (user) => ({ ...projection.show(user), id: user.id })
  const respond = (page: DeltaPage<DeltaState>) =>
    respondWithDelta(call, 'users', { context: listContextOf(call, 'users', names), page })
  if (latest) return respond({ value: [], next: { ...state, row: null }, done: true })
  const top = readTop(call)
  if (top instanceof Response) return top
  const size = Math.min(call.options.has('$top') ? top : call.tenant.pageSizes.users, call.tenant.pageSizes.users)
  const round = state.row ? listEveryone : listChanges
  return respond(round(call, state, size, show))
}

/** The state of a new delta query. */
function beginDelta(call: GraphCall): DeltaState | Response {
  const token = beginDeltaToken(call, USER)
  return token instanceof Response ? token : { ...token, sequence: call.tenant.sequence, row: 'start' }
}

/** A page of the first round, which lists everyone. What changes meanwhile is in the first use of the delta link. */
function listEveryone(
  call: GraphCall,
  state: DeltaState,
  size: number,
  show: Projection<User>['show'],
): DeltaPage<DeltaState> {
  const { users } = call.tenant
  const people = state.ids ? state.ids.flatMap((id) => users.get(id) ?? []) : users.list()
  const idOf = (user: User) => user.id
  const start = state.row === null || state.row === 'start' ? 0 : startAfter(people, state.row, idOf)
  const end = start + size
  const row = end < people.length ? placeAt(people, end - 1, idOf) : null
  return { value: people.slice(start, end).map(show), next: { ...state, row }, done: row === null }
}

/** A page of a later round, which lists the changes since the token was issued. */
function listChanges(
  call: GraphCall,
  state: DeltaState,
  size: number,
  show: Projection<User>['show'],
): DeltaPage<DeltaState> {
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

/** What a delta token of people contains. */
type DeltaState = DeltaToken & {
  /** The client already knows the changes up to this sequence of the tenant. */
  sequence: number
  /** In the first round `start`, then the place of the last person shown; null in later rounds. */
  row: 'start' | ListPlace | null
}
