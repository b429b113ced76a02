import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { type GroupRow, listGroups } from '@/db/queries/groups'
import { ALL_PEOPLE, countHolders } from '@/db/queries/holders'
import { listAuditEvents } from '@/db/queries/organisation'
import { listRolesHeld, type RoleHeld } from '@/db/queries/roles'
import { listRuns, type RunRow } from '@/db/queries/runs'
import type { Snapshot } from '@/db/queries/snapshot'
import { coverageSummary } from '@/lib/domain/coverage'
import type { AccessView, AuditCursor } from '@/lib/domain/views'
import type { AuditKind } from '@/lib/domain/vocabulary'
import { type AccessQuery, accessTable } from './access'
import { readPages } from './pages'
import type { Counted } from './proof'
import { type Cells, type Column, cellsOf } from './table'

/** A list that can be exported: its rows, the results that they are of, and what it is asked for. */
export type ListToExport = {
  /** What it is, in the proof and in the audit log; and what it is of. */
  list: string
  label: string
  /** The moment that is shown, which the name of the file has. */
  at: Date
  cells: Cells
  snapshots: Snapshot[]
  /** The subscriptions of which nothing is shown as of the moment, and why; left out for a list of one subscription. */
  notShown?: { label: string; why: string }[]
  /** What the list is filtered by, as it was asked for. */
  filters: Record<string, string>
  count: () => Promise<Counted>
}

type Connection = Pick<ConnectionFacts, 'label' | 'publishedAt' | 'createdAt' | 'publishedRun'> & Snapshot

/** The moment that a list of a connection shows: when its result was published, or else when it was connected. */
export const momentOf = ({ publishedAt, createdAt }: Pick<Connection, 'publishedAt' | 'createdAt'>): Date =>
  publishedAt ?? createdAt

/** Everyone with access to a subscription, or everything else with access, a row for each way to each role. */
export function accessList(
  actor: Actor,
  connection: Connection,
  view: AccessView,
  who: 'people' | 'others',
): ListToExport {
  const query: AccessQuery = { ...view, who, cursor: null }
  const source = { snapshot: connection, coverage: connection.publishedRun?.coverage ?? [] }
  return {
    list: who === 'people' ? 'people' : 'other principals',
    label: connection.label,
    at: momentOf(connection),
    cells: cellsOf(accessTable(actor, source, query)),
    snapshots: [connection],
    filters: filtersOf(view),
    count: () => countAccess(actor, connection, view, who),
  }
}

/** The fields of a view by which it leaves anybody out, each with the value of no filter. */
const FILTERS = {
  ...{
    search: '',
    status: null,
    notStatus: [],
    guest: null,
    signal: null,
    roleIds: [] as string[],
    scope: null,
    level: null,
    how: null,
    held: null,
  },
} satisfies Partial<AccessView>
type FilterName = keyof typeof FILTERS
const FILTER_NAMES = Object.keys(FILTERS) as FilterName[]

const isAsked = (view: AccessView, name: FilterName) => view[name] !== null && view[name].length > 0

const filtersOf = (view: AccessView): Record<string, string> =>
  Object.fromEntries(FILTER_NAMES.filter((name) => isAsked(view, name)).map((name) => [name, String(view[name])]))

async function countAccess(
  actor: Actor,
  snapshot: Snapshot,
  view: AccessView,
  who: 'people' | 'others',
): Promise<Counted> {
  const countWith = (filter: Partial<AccessView>) =>
    countHolders(actor, snapshot, { ...ALL_PEOPLE, ...FILTERS, ...filter, who })
  const all = await countWith({})
  const filters: Counted['filters'] = []
  for (const [name, value] of Object.entries(filtersOf(view)))
    filters.push({ name, value, leavesOut: all - (await countWith({ [name]: view[name as FilterName] })) })
  const listed = filters.length === 0 ? all : await countWith(view)
  return { unit: who === 'people' ? 'people' : 'other principals', all, listed, filters }
}

/** A table that knows how many of its rows were read. */
function counting<Row>(unit: string, rows: AsyncIterable<Row[]>) {
  let seen = 0
  async function* count() {
    for await (const some of rows) {
      seen += some.length
      yield some
    }
  }
  return { rows: count(), count: async (): Promise<Counted> => ({ unit, all: seen, listed: seen, filters: [] }) }
}

const yesNo = (is: boolean) => (is ? 'yes' : 'no')

const ROLE_COLUMNS: readonly Column<RoleHeld>[] = [
  { name: 'role', value: ({ name, id }) => name ?? id },
  { name: 'role_id', value: ({ id }) => id },
  { name: 'role_type', value: ({ custom, name }) => (name === null ? 'unknown' : custom ? 'custom' : 'built-in') },
  { name: 'privilege', value: ({ privilege }) => privilege },
  { name: 'privileged', value: ({ privileged, name }) => (name === null ? 'unknown' : yesNo(privileged)) },
  {
    name: 'amounts_to_owner',
    value: ({ ownerEquivalent, name }) => (name === null ? 'unknown' : yesNo(ownerEquivalent)),
  },
  { name: 'description', value: ({ description }) => description },
  { name: 'people', value: ({ people }) => people },
  { name: 'people_eligible_only', value: ({ eligible }) => eligible },
  { name: 'other_principals', value: ({ others }) => others },
  { name: 'other_principals_eligible_only', value: ({ eligibleOthers }) => eligibleOthers },
]

/** The roles that anyone or anything holds in a subscription, with how many do. */
export function rolesList(actor: Actor, connection: Connection): ListToExport {
  async function* read() {
    yield await listRolesHeld(actor, connection)
  }
  const { rows, count } = counting('roles', read())
  return {
    ...{
      list: 'roles',
      label: connection.label,
      at: momentOf(connection),
      snapshots: [connection],
      filters: {},
      count,
    },
    cells: cellsOf({ name: 'Roles', columns: ROLE_COLUMNS, rows }),
  }
}

const GROUP_COLUMNS: readonly Column<GroupRow>[] = [
  { name: 'group', value: ({ name, id }) => name ?? id },
  { name: 'group_id', value: ({ id }) => id },
  { name: 'status', value: ({ status }) => status },
  /** Whether it was opened, and how. */
  { name: 'read', value: ({ state }) => state },
  { name: 'direct_members', value: ({ directMembers }) => directMembers },
  { name: 'members_at_any_depth', value: ({ members }) => members },
  { name: 'can_become_members', value: ({ eligible }) => eligible },
  { name: 'owners', value: ({ owners }) => owners },
  { name: 'assignments', value: ({ grants }) => grants },
  { name: 'roles', value: ({ roles }) => roles },
  { name: 'only_inside_others', value: ({ nestedOnly }) => yesNo(nestedOnly) },
  { name: 'members_not_read_since', value: ({ ages }) => ages.members },
]

const GROUPS_AT_ONCE = 200

/** The groups that access to a subscription runs through. */
export function groupsList(actor: Actor, connection: Connection, search: string): ListToExport {
  const read = (asked: string) =>
    readPages((cursor) => listGroups(actor, connection, { search: asked, cursor }, GROUPS_AT_ONCE))
  const { rows, count } = counting('groups', read(search))
  return {
    ...{ list: 'groups', label: connection.label, at: momentOf(connection), snapshots: [connection] },
    filters: search === '' ? {} : { search },
    cells: cellsOf({ name: 'Groups', columns: GROUP_COLUMNS, rows }),
    count: async () => {
      const counted = await count()
      if (search === '') return counted
      let all = 0
      for await (const some of read('')) all += some.length
      return { ...counted, all, filters: [{ name: 'search', value: search, leavesOut: all - counted.listed }] }
    },
  }
}

const RUN_COLUMNS: readonly Column<RunRow>[] = [
  { name: 'run', value: ({ id }) => id },
  { name: 'state', value: ({ state }) => state },
  { name: 'trigger', value: ({ trigger }) => trigger },
  { name: 'requested_by', value: ({ requestedByName }) => requestedByName },
  { name: 'requested_at', value: ({ requestedAt }) => requestedAt },
  { name: 'started_at', value: ({ startedAt }) => startedAt },
  { name: 'ended_at', value: ({ finishedAt }) => finishedAt },
  { name: 'people', value: ({ people }) => people },
  { name: 'assignments', value: ({ assignments }) => assignments },
  { name: 'gained', value: ({ gained }) => gained },
  { name: 'lost', value: ({ lost }) => lost },
  { name: 'requests_sent', value: ({ calls }) => calls },
  { name: 'of_them_repeated', value: ({ retries }) => retries },
  { name: 'gaps', value: ({ gaps }) => yesNo(gaps) },
  { name: 'coverage', value: ({ coverage }) => (coverage.length > 0 ? coverageSummary(coverage) : null) },
  { name: 'problem', value: ({ problem }) => problem?.code ?? null },
]

const RUNS_AT_ONCE = 200

/** The syncs of a subscription, the latest first. */
export function runsList(actor: Actor, connection: Connection): ListToExport {
  const { rows, count } = counting(
    'runs',
    readPages((cursor) => listRuns(actor, connection.id, cursor, RUNS_AT_ONCE)),
  )
  return {
    ...{ list: 'runs', label: connection.label, at: momentOf(connection), snapshots: [connection], filters: {}, count },
    cells: cellsOf({ name: 'Runs', columns: RUN_COLUMNS, rows }),
  }
}

type AuditRow = Awaited<ReturnType<typeof listAuditEvents>>['rows'][number]

const AUDIT_COLUMNS: readonly Column<AuditRow>[] = [
  { name: 'number', value: ({ seq }) => seq },
  { name: 'at', value: ({ at }) => at },
  { name: 'who', value: ({ memberName }) => memberName },
  { name: 'action', value: ({ action }) => action },
  { name: 'subject', value: ({ subject }) => subject },
  {
    name: 'details',
    value: ({ details }) =>
      Object.entries(details).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`])),
  },
  { name: 'from_address', value: ({ clientAddress }) => clientAddress },
  { name: 'request_id', value: ({ requestId }) => requestId },
]

/** The audit log or one half of it, the newest first, as far as the member may see it. */
export function auditList(actor: Actor, organisation: string, kind: AuditKind | null, at: Date): ListToExport {
  async function* read() {
    let cursor: AuditCursor | null = null
    do {
      const page: Awaited<ReturnType<typeof listAuditEvents>> = await listAuditEvents(actor, { kind, cursor })
      yield page.rows
      cursor = page.older
    } while (cursor)
  }
  const { rows, count } = counting('events', read())
  return {
    ...{ list: 'audit log', label: organisation, at, snapshots: [], filters: kind ? { kind } : {}, count },
    cells: cellsOf({ name: 'Audit log', columns: AUDIT_COLUMNS, rows }),
  }
}
