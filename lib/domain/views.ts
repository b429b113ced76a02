import {
  type Address,
  firstValue,
  flag,
  formatView,
  guid,
  guids,
  moment,
  oneOf,
  type Parameter,
  parseView,
  plainText,
  type SearchParams,
  scopePath,
  searchText,
  someOf,
  wholeNumber,
} from './address'
import type { AsOfView } from './as-of'
import { GUESTS, PEOPLE_FILTER_ADDRESS, type PeopleFilter } from './people-filter'
import {
  ASSIGNMENT_KINDS,
  AUDIT_KINDS,
  type AuditKind,
  CHANGE_CAUSES,
  type ChangeCause,
  CONNECTION_STATUSES,
  type ConnectionStatusState,
  DIFFERENCES,
  type Difference,
  EFFECTS,
  type Effect,
  HOLDER_LISTS,
  type HolderList,
  PLANES,
  type Plane,
  PRINCIPAL_STATUSES,
  type PrincipalStatus,
  SCOPE_LEVELS,
  type ScopeLevel,
  SIGNALS,
  type Signal,
  WAYS_HELD,
  type WayHeld,
} from './vocabulary'

/**
 * The views of the product that have an address, each with its type, the table of its parameters, and two functions made
 * from that table: one reads the view from an address, whatever stands in it, the other writes the query of the address
 * that opens it, with a leading `?`, or empty for the default view. Names and values stay as they are: people keep links.
 */

/**
 * Where a page of a list begins: the values that order the row next to it, and on which side of that row it lies. `place` is how
 * many rows came before that side when the address was made, so that a page can say which rows it shows; links of earlier versions
 * do not have it.
 */
export type Cursor = { at: string[]; side: 'after' | 'before'; place?: number }

const DIRECTIONS = ['asc', 'desc'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** `held` is active or activated. */
export const HELD = ['held', ...ASSIGNMENT_KINDS] as const

/** Which grants count. */
export type GrantFilter = {
  /** Any of these; empty for every role. */
  roleIds: string[]
  /** Acting at this scope: held at it or above it. */
  scope: string | null
  /** Held at scopes of this level. */
  level: ScopeLevel | null
  how: WayHeld | null
  held: (typeof HELD)[number] | null
}

/** Which of those with access are shown. */
export type HolderFilter = GrantFilter & {
  who: HolderList
  /** Part of a name or an email, or a whole object ID; empty for all. Words in quotes stand for themselves and are no filter. */
  search: string
  status: PrincipalStatus | null
  /** Statuses that are left out. */
  notStatus: PrincipalStatus[]
  /** Only whom the directory calls a guest, or everyone else, also those of whom it was not read. */
  guest: (typeof GUESTS)[number] | null
  signal: Signal | null
}

const HOLDER_SORTS = ['name', 'email', 'status', 'role', 'scope'] as const
export type HolderSort = (typeof HOLDER_SORTS)[number]

/** The columns of a table of people that can be left out, and those that are only there when they are asked for. */
export const PEOPLE_COLUMNS = ['email', 'status', 'role', 'scope', 'how', 'licence', 'objectId'] as const
export type PeopleColumn = (typeof PEOPLE_COLUMNS)[number]

/** The columns that a table of people has unless others are asked for. */
export const USUAL_COLUMNS: PeopleColumn[] = ['email', 'status', 'role', 'scope', 'how']

/** How many rows a page of a list can have. */
export const PAGE_SIZES = ['25', '50', '100', '200'] as const

/** A table of those with access to one subscription. */
export type AccessView = Omit<HolderFilter, 'who'> &
  AsOfView & {
    sort: HolderSort
    direction: Direction
    cursor: Cursor | null
    /** In the order of `PEOPLE_COLUMNS`. */
    columns: PeopleColumn[]
    size: (typeof PAGE_SIZES)[number]
  }

/** How many rows come before the side of a cursor. */
const PLACE = wholeNumber('place')

/** The moment a page shows, as typed: whether it makes sense is judged where it is read. */
const AT = { at: plainText('at') }

export const ACCESS_ADDRESS: Address<AccessView> = {
  search: searchText('q'),
  roleIds: guids('role'),
  status: oneOf('status', PRINCIPAL_STATUSES, null),
  notStatus: someOf('not', PRINCIPAL_STATUSES, []),
  guest: oneOf('guest', GUESTS, null),
  level: oneOf('level', SCOPE_LEVELS, null),
  scope: scopePath('scope'),
  how: oneOf('how', WAYS_HELD, null),
  held: oneOf('held', HELD, null),
  signal: oneOf('signal', SIGNALS, null),
  sort: oneOf('sort', HOLDER_SORTS, 'name'),
  direction: oneOf('dir', DIRECTIONS, 'asc'),
  cursor: pageCursor(),
  columns: someOf('columns', PEOPLE_COLUMNS, USUAL_COLUMNS),
  size: oneOf('size', PAGE_SIZES, '50'),
  ...AT,
}

export const parseAccessView = (params: SearchParams): AccessView => parseView(ACCESS_ADDRESS, params)
export const formatAccessView = (view: AccessView): string => formatView(ACCESS_ADDRESS, view)

/** Whether a view leaves out anyone. */
export function isFiltered(view: AccessView): boolean {
  const { search, notStatus, roleIds, ...one } = view
  return (
    search !== '' ||
    [...notStatus, ...roleIds].length > 0 ||
    [one.status, one.guest, one.signal, one.scope, one.level, one.how, one.held].some((value) => value !== null)
  )
}

/** A view without what it leaves out: everyone, in the same order and columns and at the same moment. */
export function withoutFilters(view: AccessView): AccessView {
  const { at, sort, direction, columns, size } = view
  return { ...parseAccessView({}), at, sort, direction, columns, size }
}

/** A list of people over all subscriptions. */
export type PeopleView = Required<PeopleFilter> &
  AsOfView & {
    direction: Direction
    cursor: Cursor | null
    /** The first of the subscriptions that the matrix shows as columns, counted from 0. */
    from: number
  }

export const PEOPLE_ADDRESS: Address<PeopleView> = {
  ...PEOPLE_FILTER_ADDRESS,
  direction: oneOf('dir', DIRECTIONS, 'asc'),
  from: wholeNumber('from'),
  cursor: pageCursor(),
  ...AT,
}

export const parsePeopleView = (params: SearchParams): PeopleView => parseView(PEOPLE_ADDRESS, params)
export const formatPeopleView = (view: PeopleView): string => formatView(PEOPLE_ADDRESS, view)

/** A question "who can …?". Scope and operation are as typed: whether they make sense is judged where they are read. */
export type AskView = AsOfView & {
  /** A role's GUID. */
  roleId: string | null
  /** An Azure resource ID; empty for anywhere. */
  scope: string
  /** The name of an operation; empty for any. */
  operation: string
  /** The plane that the operation is of; null for the likelier of the two. */
  plane: Plane | null
  who: Exclude<HolderList, 'groups'>
  cursor: Cursor | null
}

const ASK_ADDRESS: Address<AskView> = {
  roleId: guid('role'),
  scope: plainText('scope'),
  operation: plainText('operation'),
  plane: oneOf('plane', PLANES, null),
  who: oneOf('who', ['people', 'others'], 'people'),
  cursor: pageCursor(),
  ...AT,
}

export const parseAskView = (params: SearchParams): AskView => parseView(ASK_ADDRESS, params)
export const formatAskView = (view: AskView): string => formatView(ASK_ADDRESS, view)

/** Whether a view asks anything, and does not only say who is listed, and when. */
export const isAsked = (view: AskView): boolean =>
  formatAskView({ ...view, at: '', who: 'people', cursor: null }) !== ''

/** A question of all subscriptions together. */
export type AskAllView = Pick<AskView, 'roleId' | 'operation' | 'plane' | 'who' | 'at'> & {
  /** The first of the subscriptions that a page shows, counted from 0. */
  from: number
}

const { scope: _, cursor: __, ...ASK_ALL } = ASK_ADDRESS
const ASK_ALL_ADDRESS: Address<AskAllView> = { ...ASK_ALL, from: wholeNumber('from') }

export const parseAskAllView = (params: SearchParams): AskAllView => parseView(ASK_ALL_ADDRESS, params)
export const formatAskAllView = (view: AskAllView): string => formatView(ASK_ALL_ADDRESS, view)

/** The groups of a subscription, or one of them with its members. */
export type GroupsView = AsOfView & {
  /** The id of the group that is opened; empty for the list of groups. */
  groupId: string
  /** Part of a group's name, or its whole object ID; empty for all. */
  search: string
  cursor: Cursor | null
}

const GROUPS_ADDRESS: Address<GroupsView> = {
  groupId: plainText('group'),
  search: searchText('q'),
  cursor: pageCursor(),
  ...AT,
}

export const parseGroupsView = (params: SearchParams): GroupsView => parseView(GROUPS_ADDRESS, params)
export const formatGroupsView = (view: GroupsView): string => formatView(GROUPS_ADDRESS, view)

/** A page that has no view of its own, at a moment: the roles of a subscription, or one person. */
export const parseAsOfView = (params: SearchParams): AsOfView => parseView(AT, params)
export const formatAsOfView = (view: AsOfView): string => formatView(AT, view)

/** The roles of a subscription, with one of them opened. */
export type RolesView = AsOfView & {
  /** Part of a role's name, or its whole ID; empty for all. */
  search: string
  /** The role that is opened, so that its holders are listed; null for none. */
  roleId: string | null
  /** The first role of the page, counted from 0. */
  from: number
}

const ROLES_ADDRESS: Address<RolesView> = {
  search: searchText('q'),
  roleId: guid('role'),
  from: wholeNumber('from'),
  ...AT,
}

export const parseRolesView = (params: SearchParams): RolesView => parseView(ROLES_ADDRESS, params)
export const formatRolesView = (view: RolesView): string => formatView(ROLES_ADDRESS, view)

/** Which differences between two moments are shown. */
export type CompareFilter = {
  who: HolderList | null
  /** Only roles that can grant access, or change every kind of resource. */
  privileged: boolean
  change: Difference | null
}

/** Two moments of a subscription beside each other, as typed. Empty: the first result, and now. */
export type CompareView = CompareFilter & { from: string; to: string; cursor: Cursor | null }

const COMPARE_ADDRESS: Address<CompareView> = {
  from: plainText('from'),
  to: plainText('to'),
  who: oneOf('who', HOLDER_LISTS, null),
  privileged: flag('privileged'),
  change: oneOf('change', DIFFERENCES, null),
  cursor: pageCursor(),
}

export const parseCompareView = (params: SearchParams): CompareView => parseView(COMPARE_ADDRESS, params)
export const formatCompareView = (view: CompareView): string => formatView(COMPARE_ADDRESS, view)

/** The runs of a connection. */
export type RunsView = { cursor: Cursor | null }

const RUNS_ADDRESS: Address<RunsView> = { cursor: pageCursor() }

export const parseRunsView = (params: SearchParams): RunsView => parseView(RUNS_ADDRESS, params)
export const formatRunsView = (view: RunsView): string => formatView(RUNS_ADDRESS, view)

/** Which changes of access are shown: all of them, or those that meet all that is given. */
export type ChangesFilter = {
  connectionId: string | null
  effect: Effect | null
  cause: ChangeCause | null
  /** Only roles that grant access or write to every kind of resource. */
  privileged: boolean
  roleId: string | null
  /** Somebody, or something, that the change is about, by itself or through a group. */
  personId: string | null
  /** Who did it: the object ID or the name that Azure tells. */
  by: string
  /** After this moment, and until this one. */
  after: Date | null
  until: Date | null
}

/** A page of the changes of access. */
export type ChangesView = ChangesFilter & { cursor: Cursor | null }

/** Earlier versions wrote it under the name that the cursor of a page has, so that the next page was without it. */
const SINCE: Parameter<Date | null> = {
  read: (params) => moment('since').read(params) ?? moment('after').read(params),
  write: moment('since').write,
}

const CHANGES_ADDRESS: Address<ChangesView> = {
  connectionId: guid('connection'),
  effect: oneOf('effect', EFFECTS, null),
  cause: oneOf('cause', CHANGE_CAUSES, null),
  privileged: flag('privileged'),
  roleId: guid('role'),
  personId: guid('person'),
  by: searchText('by'),
  after: SINCE,
  until: moment('until'),
  cursor: pageCursor(),
}

export const parseChangesView = (params: SearchParams): ChangesView => parseView(CHANGES_ADDRESS, params)
export const formatChangesView = (view: ChangesView): string => formatView(CHANGES_ADDRESS, view)

/** The changes without any filter. */
export const ALL_CHANGES: ChangesView = parseChangesView({})

/** Where a page of the audit log lies: next to the event with this number, on its older or newer side. */
export type AuditCursor = { side: 'older' | 'newer'; seq: number }

/** The audit log, or one half of it; without a cursor its newest page. */
export type AuditView = { kind: AuditKind | null; cursor: AuditCursor | null }

const AUDIT_ADDRESS: Address<AuditView> = {
  kind: oneOf('kind', AUDIT_KINDS, null),
  cursor: {
    read: (params) => {
      const side = params.newer ? 'newer' : 'older'
      const text = firstValue(params, side)
      const seq = Number(text)
      return text !== '' && Number.isSafeInteger(seq) && seq >= 0 ? { side, seq } : null
    },
    write: (cursor) => (cursor ? { [cursor.side]: String(cursor.seq) } : {}),
  },
}

export const parseAuditView = (params: SearchParams): AuditView => parseView(AUDIT_ADDRESS, params)
export const formatAuditView = (view: AuditView): string => formatView(AUDIT_ADDRESS, view)

const TILE_TABS = ['all', 'connected', 'attention'] as const
export type TileTab = (typeof TILE_TABS)[number]

/** What connections are put together by: nothing, the account that reads them, or the management group above them. */
export const FLEET_GROUPINGS = ['none', 'account', 'management'] as const
export type FleetGrouping = (typeof FLEET_GROUPINGS)[number]

/** Which connections are shown, and how they are put together. */
export type FleetView = {
  /** Part of a label, a name or an ID; empty for all. */
  search: string
  state: ConnectionStatusState | null
  grouping: FleetGrouping
  cursor: Cursor | null
}

const FLEET_ADDRESS: Address<FleetView> = {
  search: searchText('q'),
  state: oneOf('state', CONNECTION_STATUSES, null),
  grouping: oneOf('by', FLEET_GROUPINGS, 'none'),
  cursor: pageCursor(),
}

export const parseFleetView = (params: SearchParams): FleetView => parseView(FLEET_ADDRESS, params)
export const formatFleetView = (view: FleetView): string => formatView(FLEET_ADDRESS, view)

/** In which order connections come: by label, or those first that somebody should look at. */
export const FLEET_SORTS = ['name', 'need'] as const
export type FleetSort = (typeof FLEET_SORTS)[number]

export const FLEET_LAYOUTS = ['tiles', 'list'] as const
export type FleetLayout = (typeof FLEET_LAYOUTS)[number]

/** The connections of the Integrations page. */
export type TilesView = FleetView & { tab: TileTab; sort: FleetSort; layout: FleetLayout }

const TILES_ADDRESS: Address<TilesView> = {
  tab: oneOf('tab', TILE_TABS, 'all'),
  ...FLEET_ADDRESS,
  sort: oneOf('sort', FLEET_SORTS, 'name'),
  layout: oneOf('view', FLEET_LAYOUTS, 'tiles'),
}

export const parseTilesView = (params: SearchParams): TilesView => parseView(TILES_ADDRESS, params)
export const formatTilesView = (view: TilesView): string => formatView(TILES_ADDRESS, view)

/** Longest cursor decoded, in characters: three ordering values and a deep resource scope fit many times. */
const LONGEST_CURSOR = 8192

/** A parameter under the name of the cursor's side. Whatever is not a list of texts is no cursor. */
function pageCursor(): Parameter<Cursor | null> {
  return {
    read: (params) => {
      const side = params.before ? 'before' : 'after'
      const text = firstValue(params, side)
      const at = text === '' || text.length > LONGEST_CURSOR ? null : decodeCursor(text)
      const place = PLACE.read(params)
      return at && { at, side, ...(place > 0 && { place }) }
    },
    write: (cursor) => (cursor ? { [cursor.side]: encodeCursor(cursor.at), ...PLACE.write(cursor.place ?? 0) } : {}),
  }
}

function encodeCursor(at: string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(at))
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

function decodeCursor(text: string): string[] | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const at: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const isTexts = Array.isArray(at) && at.every((value) => typeof value === 'string' && !value.includes('\0'))
    return isTexts ? (at as string[]) : null
  } catch (error) {
    // atob reports a mangled link by a DOMException, JSON by a SyntaxError; such a link opens at the first page.
    if (error instanceof SyntaxError || error instanceof DOMException) return null
    throw error
  }
}
