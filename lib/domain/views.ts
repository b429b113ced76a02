import type { AssignmentKind, PersonStatus, Plane, Privilege, ScopeLevel, Signal } from './vocabulary'

/** Where a page begins: the ordering values of the row it lies next to, and on which side of it. */
export type Cursor = { at: string[]; side: 'after' | 'before' }

export type Direction = 'asc' | 'desc'

/** Which grants count. */
export type GrantFilter = {
  /** Any of these; empty for every role. */
  roleIds: string[]
  /** Acting at this scope: held at it or above it. */
  scope: string | null
  /** Held at scopes of this level. */
  level: ScopeLevel | null
  /** Held by an assignment of one's own, or through a group. */
  how: 'direct' | 'group' | null
  /** `held` is active or activated. */
  held: AssignmentKind | 'held' | null
}

/** Which of those with access are shown. */
export type HolderFilter = GrantFilter & {
  /** `groups` are those of the directory that hold assignments; `others` are neither people nor those, groups of another tenant among them. */
  who: 'people' | 'others' | 'groups'
  /** Part of a name or an email; empty for all. */
  search: string
  status: PersonStatus | null
  signal: Signal | null
}

export type HolderSort = 'name' | 'email' | 'status' | 'role' | 'scope'

/** Which of the people over all subscriptions are shown. */
export type PeopleFilter = {
  /** Part of a name or an email; empty for all. */
  search: string
  status: PersonStatus | null
  /** Shown in any of the subscriptions. */
  signal?: Signal | null
  /** A role that amounts to at least this in any of the subscriptions, held or only eligible. */
  minimum?: Privilege | null
}

/** The whole state of a table of those with access, as its address holds it. */
export type AccessView = Omit<HolderFilter, 'who'> & { sort: HolderSort; direction: Direction; cursor: Cursor | null }

export type SearchParams = Record<string, string | string[] | undefined>

const SORTS = ['name', 'email', 'status', 'role', 'scope'] as const satisfies readonly HolderSort[]
const STATUSES = [
  'active',
  'invited',
  'disabled',
  'deleted',
  'not_found',
  'not_readable',
  'other_tenant',
] as const satisfies readonly PersonStatus[]
const LEVELS = [
  'root',
  'management_group',
  'subscription',
  'resource_group',
  'resource',
] as const satisfies readonly ScopeLevel[]
const SIGNALS = [
  'can_grant',
  'guest_writes',
  'gone',
  'standing_privileged',
  'direct_despite_group',
  'large_group',
  'custom_owner',
  'orphan',
] as const satisfies readonly Signal[]
const WAYS = ['direct', 'group'] as const
const HELD = ['held', 'active', 'activated', 'eligible'] as const satisfies readonly (AssignmentKind | 'held')[]
const ROLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Most roles kept from an address: a filter by more of them is not one that a person made. */
const MOST_ROLES = 20
/** Longest scope kept from an address, in characters: the deepest resources of Azure stay well below. */
const LONGEST_SCOPE = 1024
/** Longest search kept from an address, in characters. */
const LONGEST_SEARCH = 200
/** Longest cursor decoded, in characters: three ordering values and a deep resource scope fit many times. */
const LONGEST_CURSOR = 8192

/** Reads a view from an address. Whatever is not understood is left at its default: an old or mangled link still opens. */
export function parseAccessView(params: SearchParams): AccessView {
  return {
    search: parseSearch(params),
    status: parseStatus(params),
    signal: parseSignal(params),
    roleIds: parseRoleIds(params),
    scope: parseScope(params),
    level: among(LEVELS, one(params.level)),
    how: among(WAYS, one(params.how)),
    held: among(HELD, one(params.held)),
    sort: among(SORTS, one(params.sort)) ?? 'name',
    direction: parseDirection(params),
    cursor: parseCursor(params),
  }
}

/** The query of an address that opens this view, with a leading `?`, or empty for the default view. Defaults are left out. */
export function formatAccessView(view: AccessView): string {
  return query({
    q: view.search,
    role: view.roleIds.join(','),
    status: view.status,
    level: view.level,
    scope: view.scope,
    how: view.how,
    held: view.held,
    signal: view.signal,
    sort: view.sort === 'name' ? null : view.sort,
    dir: view.direction === 'asc' ? null : 'desc',
    ...cursorParams(view.cursor),
  })
}

/** Whether a view leaves out anyone. */
export function isFiltered(view: AccessView): boolean {
  const { search, status, signal, roleIds, scope, level, how, held } = view
  return (
    search !== '' || roleIds.length > 0 || [status, signal, scope, level, how, held].some((value) => value !== null)
  )
}

export function parseSearch(params: SearchParams): string {
  return one(params.q).replaceAll('\0', '').trim().slice(0, LONGEST_SEARCH)
}

export function parseStatus(params: SearchParams): PersonStatus | null {
  return among(STATUSES, one(params.status))
}

function parseRoleIds(params: SearchParams): string[] {
  const given = one(params.role).toLowerCase().split(',', MOST_ROLES)
  return [...new Set(given.filter((id) => ROLE_ID.test(id)))]
}

function parseScope(params: SearchParams): string | null {
  const scope = one(params.scope)
  return scope.startsWith('/') && scope.length <= LONGEST_SCOPE && !scope.includes('\0') ? scope : null
}

export function parseSignal(params: SearchParams): Signal | null {
  return among(SIGNALS, one(params.signal))
}

export function parseDirection(params: SearchParams): Direction {
  return one(params.dir) === 'desc' ? 'desc' : 'asc'
}

/** Reads `after` or `before`; anything that is not a list of texts is no cursor. */
export function parseCursor(params: SearchParams): Cursor | null {
  const side = params.before ? 'before' : 'after'
  const text = one(params[side])
  if (text === '' || text.length > LONGEST_CURSOR) return null
  const at = decode(text)
  return at ? { at, side } : null
}

/** The `after` or `before` of an address. */
export function cursorParams(cursor: Cursor | null): Record<string, string> {
  return cursor ? { [cursor.side]: encode(cursor.at) } : {}
}

/** A query with a leading `?`, without what is empty. */
export function query(params: Record<string, string | null>): string {
  const filled = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return filled.length > 0 ? `?${new URLSearchParams(filled)}` : ''
}

function encode(at: string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(at))
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

function decode(text: string): string[] | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const at: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const texts = Array.isArray(at) && at.every((value) => typeof value === 'string' && !value.includes('\0'))
    return texts ? (at as string[]) : null
  } catch (error) {
    // atob says so by a DOMException, JSON by a SyntaxError: a mangled link, which opens at the first page.
    if (error instanceof SyntaxError || error instanceof DOMException) return null
    throw error
  }
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

function among<Value extends string>(values: readonly Value[], text: string): Value | null {
  return values.find((value) => value === text) ?? null
}

/** What a page that asks "who can …?" is asked, as its address says it. Texts are as typed: whether they make sense is judged elsewhere. */
export type AskView = {
  /** A role's GUID. */
  roleId: string | null
  /** An Azure resource ID as typed; empty for anywhere. */
  scope: string
  /** An operation as typed; empty for any. */
  operation: string
  /** Whether it is asked about as managing a resource or as what is in one; null for the likelier of the two. */
  plane: Plane | null
  who: 'people' | 'others'
  cursor: Cursor | null
}

const PLANES: readonly Plane[] = ['control', 'data']
const ASKED_ROLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** Longest text kept from an address, in characters: the deepest resources of Azure stay well below. */
const LONGEST_TEXT = 1024

/** Reads the questions from an address. A role that is no GUID is not asked for. */
export function parseAskView(params: SearchParams): AskView {
  const role = text(params.role).toLowerCase()
  return {
    roleId: ASKED_ROLE_ID.test(role) ? role : null,
    scope: text(params.scope),
    operation: text(params.operation),
    plane: PLANES.find((plane) => plane === params.plane) ?? null,
    who: text(params.who) === 'others' ? 'others' : 'people',
    cursor: parseCursor(params),
  }
}

/** The query of an address that asks this, with a leading `?`, or empty when nothing is asked. */
export function formatAskView({ roleId, scope, operation, plane, who, cursor }: AskView): string {
  return query({ role: roleId, scope, operation, plane, who: who === 'people' ? null : who, ...cursorParams(cursor) })
}

function text(value: string | string[] | undefined): string {
  const one = (Array.isArray(value) ? value[0] : value) ?? ''
  return one.replaceAll('\0', '').trim().slice(0, LONGEST_TEXT)
}

/** The whole state of a list of people over all subscriptions, as its address holds it. */
export type PeopleView = Required<PeopleFilter> & {
  direction: Direction
  cursor: Cursor | null
  /** The first of the subscriptions that the matrix shows as columns, counted from 0. */
  from: number
}

const MINIMUMS = [
  'grants_access',
  'writes',
  'writes_data',
  'reads_data',
  'reads',
] as const satisfies readonly Privilege[]

/** Reads a view from an address. Whatever is not understood is left at its default. */
export function parsePeopleView(params: SearchParams): PeopleView {
  const from = Number(params.from)
  return {
    search: parseSearch(params),
    status: parseStatus(params),
    signal: parseSignal(params),
    minimum: MINIMUMS.find((minimum) => minimum === params.min) ?? null,
    direction: parseDirection(params),
    cursor: parseCursor(params),
    from: Number.isSafeInteger(from) && from > 0 ? from : 0,
  }
}

/** The query of an address that opens this view, with a leading `?`, or empty for the default view. */
export function formatPeopleView(view: PeopleView): string {
  return query({
    q: view.search,
    status: view.status,
    signal: view.signal,
    min: view.minimum,
    dir: view.direction === 'desc' ? 'desc' : null,
    from: view.from > 0 ? String(view.from) : null,
    ...cursorParams(view.cursor),
  })
}
