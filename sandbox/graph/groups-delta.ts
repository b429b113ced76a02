import type { Group, Tenant } from '../world/types'
import { beginDeltaToken, type DeltaPage, type DeltaToken, readDeltaToken, respondWithDelta } from './delta-tokens'
import { findObject } from './directory-objects'
import { accessDenied, type GraphCall, holdsAny, isPlainGuest, notSimulated } from './graph-call'
import { GROUP, type Projection, projectionOf, type Show } from './kinds'
import { listContextOf, readTop, refuseSingleOnly } from './lists'

/**
 * `GET /groups/delta`: first every group with its direct members in `members@delta`; then, from the delta link, which groups
 * changed, which members came (`@odata.type` and `id`) and went (`@removed`), and which groups were deleted. A group with
 * many members appears again on the next page with the following ones. Members are shown without `$select`, with
 * `$select=members` and with `$expand=members`. Sources: microsoft-graph-docs-contrib api-reference/v1.0/api/group-delta.md
 * @07613014 and concepts/delta-query-groups.md @007852ac.
 */
export function listGroupsDelta(call: GraphCall): Response {
  if (isPlainGuest(call)) return accessDenied()
  const asked = call.options.get('$deltatoken') ?? call.options.get('$skiptoken')
  const latest = asked === 'latest'
  const state = asked === undefined || latest ? beginDelta(call) : readState(call, asked)
  if (state instanceof Response) return state
  const projection = projectGroups(call, state)
  if (projection instanceof Response) return projection
  const context = listContextOf(call, 'groups', projection.names)
  const respond = (page: DeltaPage<DeltaState>) => respondWithDelta(call, 'groups', { context, page })
  if (latest) return respond({ value: [], next: endRound(call, state), done: true })
  const top = readTop(call)
  if (top instanceof Response) return top
  const size = Math.min(call.options.has('$top') ? top : call.tenant.pageSizes.users, call.tenant.pageSizes.users)
  return respond(fillPage(call, state, size, projection.show))
}

/** How far the groups and the memberships of a tenant had changed. */
type Revisions = { groups: number; members: number }

/** What a delta token of groups contains. */
type DeltaState = DeltaToken & {
  /** Whether members are shown, and changes of members alone count as changes of a group. */
  showsMembers: boolean
  /** The client already knows the changes up to here; null in the first round, which lists every group. */
  since: Revisions | null
  /** Where the next round begins: the state when this round began. */
  until: Revisions
  /** The last group that was shown, and its last member when it has more; null at the beginning of a round. */
  after: { group: string; member: string | null } | null
}

const RELATIONSHIPS =
  /^(?:members|owners|memberOf|acceptedSenders|rejectedSenders|transitiveMembers|transitiveMemberOf)$/i

/** The state of a new delta query; the refusal of what the sandbox does not follow. */
function beginDelta(call: GraphCall): DeltaState | Response {
  const token = beginDeltaToken(call, GROUP)
  if (token instanceof Response) return token
  const [selected, expanded] = [namesIn(call.options.get('$select')), namesIn(call.options.get('$expand'))]
  const related = [...selected.filter((name) => RELATIONSHIPS.test(name)), ...expanded]
  const other = related.find((name) => !/^members$/i.test(name))
  if (other !== undefined) return notSimulated(`Following the relationship '${other}' of groups`)
  const properties = selected.filter((name) => !RELATIONSHIPS.test(name))
  call.tenant.groups.changes.keep()
  call.tenant.memberships.changes.keep()
  return {
    ...token,
    select: selected.length > 0 ? ['id', ...properties].join(',') : null,
    showsMembers: selected.length === 0 || related.length > 0,
    since: null,
    until: revisionsOf(call.tenant),
    after: null,
  }
}

const namesIn = (text: string | undefined) => (text ? text.split(',').map((name) => name.trim()) : [])

const revisionsOf = ({ groups, memberships }: Tenant): Revisions => ({
  groups: groups.revision,
  members: memberships.revision,
})

/** Reads the state in a token, or refuses it as too old or unknown. */
function readState(call: GraphCall, token: string): DeltaState | Response {
  const now = revisionsOf(call.tenant)
  const isKnown = ({ until }: Partial<DeltaState>) =>
    until !== undefined && until.groups <= now.groups && until.members <= now.members
  const state = readDeltaToken<DeltaState>(call, 'groups', { token, isKnown })
  if (state instanceof Response || state.after) return state
  return { ...state, until: now }
}

/** How to show groups by the properties that the first request selected; the id is always shown, and last. */
function projectGroups(call: GraphCall, { select }: DeltaState): Projection<Group> | Response {
  const options = new Map([...call.options, ...(select === null ? [] : [['$select', select] as const])])
  const asked = { ...call, options }
  const projection = refuseSingleOnly(asked, GROUP) ?? projectionOf(asked, GROUP)
  if (projection instanceof Response) return projection
  const { names, show } = projection
  const [, ...selected] = [...new Set(names ?? [])]
  return { names: names && [...selected, 'id'], show: (group) => ({ ...show(group), id: group.id }) }
}

/** Shows groups in the order of their ids, until the page has enough groups or enough members. */
function fillPage(call: GraphCall, state: DeltaState, size: number, show: Show<Group>): DeltaPage<DeltaState> {
  const { tenant } = call
  const changed = state.since ? changesSince(call, state, state.since) : null
  const ids = changed
    ? [...changed.keys()].sort()
    : sortedIds(tenant).filter((id) => !state.ids || state.ids.includes(id))
  const { after } = state
  const start = after ? ids.findIndex((id) => (after.member === null ? id > after.group : id >= after.group)) : 0
  const value: Record<string, unknown>[] = []
  let room = tenant.pageSizes.members
  let last = after
  for (const id of start < 0 ? [] : ids.slice(start)) {
    const members = state.showsMembers ? membersToShow(call, id, changed?.get(id)) : []
    const from = last?.group === id && last.member !== null ? firstAfter(members, last.member) : 0
    const isFull = value.length >= size || (room === 0 && members.length > from)
    if (isFull) return { value, next: { ...state, after: last }, done: false }
    const shown = members.slice(from, from + room)
    value.push(showGroup(call, id, { show, members: shown }))
    room -= shown.length
    const isWhole = from + shown.length === members.length
    last = { group: id, member: isWhole ? null : (shown.at(-1)?.id ?? null) }
    if (!isWhole) return { value, next: { ...state, after: last }, done: false }
  }
  return { value, next: endRound(call, state), done: true }
}

/** The state with which the next round begins. */
const endRound = (call: GraphCall, state: DeltaState): DeltaState => ({
  ...state,
  issuedAt: call.world.now(),
  since: state.until,
  after: null,
})

const sortedIdsOf = new WeakMap<readonly Group[], string[]>()

/** The ids of all groups in order. Kept until groups change, because the pages of a round are requested one after another. */
function sortedIds({ groups }: Tenant): string[] {
  const list = groups.list()
  const known = sortedIdsOf.get(list) ?? list.map(({ id }) => id).sort()
  sortedIdsOf.set(list, known)
  return known
}

/** The groups that changed, each with the ids of the members that came or went. */
function changesSince({ tenant }: GraphCall, state: DeltaState, since: Revisions): Map<string, string[]> {
  const changed = new Map(tenant.groups.changes.since(since.groups).map((id) => [id, [] as string[]]))
  for (const pair of state.showsMembers ? tenant.memberships.changes.since(since.members) : []) {
    const [groupId = '', memberId = ''] = pair.split(' ')
    const members = changed.get(groupId) ?? []
    members.push(memberId)
    changed.set(groupId, members)
  }
  const { ids } = state
  return ids ? new Map([...changed].filter(([id]) => ids.includes(id))) : changed
}

/** A member of a group, or one that it lost. */
type MemberChange = { id: string; isMember: boolean }

/** The members to show of a group: all in the first round, then those that came or went. Hidden ones only with their own permission. */
function membersToShow(call: GraphCall, groupId: string, changed: string[] | undefined): MemberChange[] {
  const { tenant } = call
  const group = tenant.groups.get(groupId)
  if (!group || (group.hiddenMembership && !holdsAny(call, ['Member.Read.Hidden']))) return []
  const members = tenant.memberships.membersOf(groupId)
  return [...(changed ?? tenant.memberships.memberList(groupId))]
    .sort()
    .map((id) => ({ id, isMember: members.has(id) }))
}

const firstAfter = (members: readonly MemberChange[], id: string) => {
  const index = members.findIndex((one) => one.id > id)
  return index < 0 ? members.length : index
}

function showGroup(
  { tenant }: GraphCall,
  id: string,
  { show, members }: { show: Show<Group>; members: readonly MemberChange[] },
): Record<string, unknown> {
  const group = tenant.groups.get(id)
  if (!group) return { id, '@removed': { reason: tenant.deletedGroups.has(id) ? 'changed' : 'deleted' } }
  return {
    ...show(group),
    ...(members.length > 0 ? { 'members@delta': members.map((one) => showMember(tenant, one)) } : {}),
  }
}

/** A member by type and id. The documents show the reason `deleted` also where only the membership ended. */
function showMember(tenant: Tenant, { id, isMember }: MemberChange): Record<string, unknown> {
  const type = findObject(tenant, id)?.type ?? 'user'
  return { '@odata.type': `#microsoft.graph.${type}`, id, ...(isMember ? {} : { '@removed': { reason: 'deleted' } }) }
}
