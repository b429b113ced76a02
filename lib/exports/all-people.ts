import type { Actor } from '@/db/actor'
import { type ConnectionTile, listConnections, listPublishedTimes } from '@/db/queries/connections'
import { type Cell as AccessCell, countPeople, listCells, listPeople, type PersonRow } from '@/db/queries/people'
import type { PeopleFilter, PeopleView } from '@/lib/domain/views'
import type { ListToExport } from './lists'
import type { Counted } from './proof'
import { type Column, cellsOf } from './table'

/** What somebody has in one subscription. */
type PersonInSubscription = { person: PersonRow; access: AccessCell; connection: ConnectionTile }

const yesNo = (is: boolean) => (is ? 'yes' : 'no')

const COLUMNS: readonly Column<PersonInSubscription>[] = [
  { name: 'name', value: ({ person }) => person.name ?? person.id },
  { name: 'email', value: ({ person }) => person.email },
  { name: 'object_id', value: ({ person }) => person.id },
  { name: 'tenant_id', value: ({ person }) => person.tenantId },
  { name: 'status', value: ({ person }) => person.status },
  { name: 'guest', value: ({ person }) => yesNo(person.guest) },
  { name: 'last_sign_in', value: ({ person }) => person.lastSignInAt },
  { name: 'subscriptions', value: ({ person }) => person.subscriptions },
  { name: 'subscription', value: ({ connection }) => connection.label },
  { name: 'subscription_id', value: ({ connection }) => connection.subscriptionId },
  { name: 'subscription_shown_as_of', value: ({ connection }) => connection.publishedAt },
  { name: 'strongest_role', value: ({ access }) => access.role.name ?? access.role.id },
  { name: 'role_id', value: ({ access }) => access.role.id },
  { name: 'privilege', value: ({ access }) => access.role.privilege },
  { name: 'kind', value: ({ access }) => access.assignmentKind },
  { name: 'scope', value: ({ access }) => access.scope },
  { name: 'scope_level', value: ({ access }) => access.level },
  { name: 'group_id', value: ({ access }) => access.groupId },
  {
    name: 'stronger_eligible_role',
    value: ({ access }) => access.eligible && (access.eligible.roleName ?? access.eligible.roleId),
  },
  { name: 'grants', value: ({ access }) => access.grants },
  { name: 'not_read_since', value: ({ access }) => access.unreadSince },
]

const PEOPLE_AT_ONCE = 200

/**
 * The people with access in any connected subscription, a row for each subscription in which they have it, by name. What
 * leads there, grant by grant, is in the exports of the subscriptions. A sync that publishes meanwhile is shown from the next page on,
 * and the proof has both of its results.
 *
 * @param connections all of the organisation, as their readers see them now
 */
export function allPeopleList(
  actor: Actor,
  connections: ConnectionTile[],
  { organisation, at }: { organisation: string; at: Date },
  view: PeopleView,
): ListToExport {
  let shown = new Map(connections.map((connection) => [connection.id, connection]))
  const snapshots = connections.filter(({ state }) => state !== 'disconnected')
  /** Brings up to date what the connections show, if a sync has published since. Gives whether it has. */
  async function hasPublished(): Promise<boolean> {
    const times = await listPublishedTimes(actor)
    const isSame = ({ id, publishedAt }: (typeof times)[number]) =>
      shown.get(id)?.publishedAt?.getTime() === publishedAt?.getTime()
    if (times.every(isSame)) return false
    const now = await listConnections(actor)
    snapshots.push(...now.filter((one) => one.state !== 'disconnected' && !isSame(one)))
    shown = new Map(now.map((connection) => [connection.id, connection]))
    return true
  }
  async function* read(): AsyncGenerator<PersonInSubscription[]> {
    let cursor: PeopleView['cursor'] = null
    do {
      let page: Awaited<ReturnType<typeof listPeople>>
      let cells: Awaited<ReturnType<typeof listCells>>
      // A page that a sync has published into is read again, so that each row is of the result that it names.
      do {
        page = await listPeople(actor, { ...view, cursor }, PEOPLE_AT_ONCE)
        cells = await listCells(actor, page.rows)
      } while (await hasPublished())
      const cellsOf = Map.groupBy(cells, ({ personId, tenantId }) => `${tenantId} ${personId}`)
      yield page.rows.flatMap((person) =>
        (cellsOf.get(`${person.tenantId} ${person.id}`) ?? []).flatMap((access) => {
          const connection = shown.get(access.connectionId)
          return connection ? [{ person, access, connection }] : []
        }),
      )
      cursor = page.next
    } while (cursor)
  }
  return {
    ...{ list: 'all people', label: organisation, at, filters: filtersOf(view) },
    cells: cellsOf({ name: 'People', columns: COLUMNS, rows: read() }),
    snapshots,
    count: () => countAll(actor, view),
  }
}

const NO_FILTER: Required<PeopleFilter> = { search: '', status: null, signal: null, minimum: null }
const FILTER_NAMES = Object.keys(NO_FILTER) as (keyof typeof NO_FILTER)[]

const filtersOf = (view: PeopleView): Record<string, string> =>
  Object.fromEntries(FILTER_NAMES.flatMap((name) => (view[name] ? [[name, view[name]]] : [])))

async function countAll(actor: Actor, view: PeopleView): Promise<Counted> {
  const all = await countPeople(actor, NO_FILTER)
  const filters: Counted['filters'] = []
  for (const [name, value] of Object.entries(filtersOf(view)))
    filters.push({ name, value, leavesOut: all - (await countPeople(actor, { ...NO_FILTER, [name]: value })) })
  const listed = filters.length === 0 ? all : await countPeople(actor, view)
  return { unit: 'people', all, listed, filters }
}
