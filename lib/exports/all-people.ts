import type { Actor } from '@/db/actor'
import { type Cell as AccessCell, listCells } from '@/db/queries/cells'
import { listPublishedTimes } from '@/db/queries/connections'
import { countPeople, listPeople, type PersonRow } from '@/db/queries/people'
import { listResultsAt } from '@/db/queries/results-at'
import type { Results } from '@/db/queries/results-shown'
import { NotFound } from '@/lib/actor'
import type { PeopleFilter, PeopleView } from '@/lib/domain/views'
import { type AllResults, findAllResults, type ShownConnection } from '@/lib/past-results'
import type { ListToExport } from './lists'
import type { Counted } from './proof'
import { type Column, cellsOf } from './table'

/** What somebody has in one subscription. */
type PersonInSubscription = { person: PersonRow; access: AccessCell; connection: ShownConnection }

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
 * and the proof has both of its results. As of a moment each connection is shown by its own result of then, and the proof says of which
 * none can be shown.
 *
 * @param all what is shown of all of the organisation's connections, now or as of a moment
 * @throws NotFound at the end of its rows, when a result of the moment was deleted while they were read
 */
export function allPeopleList(
  actor: Actor,
  { results, connections, past }: AllResults,
  { organisation, at }: { organisation: string; at: Date },
  view: PeopleView,
): ListToExport {
  let shown = new Map(connections.map((connection) => [connection.id, connection]))
  const snapshots = connections.filter(({ state, notShown }) => state !== 'disconnected' && notShown === null)
  /** Brings up to date what the connections show, if a sync has published since. Gives whether it has. */
  async function hasPublished(): Promise<boolean> {
    if (results !== 'now') return false
    const times = await listPublishedTimes(actor)
    const isSame = ({ id, publishedAt }: (typeof times)[number]) =>
      shown.get(id)?.publishedAt?.getTime() === publishedAt?.getTime()
    if (times.every(isSame)) return false
    const now = (await findAllResults(actor, '')).connections
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
        page = await listPeople(actor, results, { ...view, cursor }, PEOPLE_AT_ONCE)
        cells = await listCells(actor, results, page.rows)
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
    await expectKept(actor, results)
  }
  return {
    ...{ list: 'all people', label: organisation, at, filters: filtersOf(view) },
    cells: cellsOf({ name: 'People', columns: COLUMNS, rows: read() }),
    snapshots,
    notShown: past?.hidden.map(({ label, why }) => ({ label, why })),
    count: () => countAll(actor, results, view),
  }
}

/** Throws when the history of a moment was deleted while it was read: rows of it may be missing, so that it must not be signed. */
async function expectKept(actor: Actor, results: Results): Promise<void> {
  if (results === 'now') return
  const kept = new Map(
    (await listResultsAt(actor, results.at)).map((one) => [
      one.id,
      one.kind === 'shown' ? one.snapshot.publishedAt : null,
    ]),
  )
  if (results.of.some(({ id, publishedAt }) => kept.get(id)?.getTime() !== publishedAt.getTime()))
    throw new NotFound('What was exported was deleted meanwhile.')
}

const NO_FILTER: Required<PeopleFilter> = { search: '', status: null, signal: null, minimum: null }
const FILTER_NAMES = Object.keys(NO_FILTER) as (keyof typeof NO_FILTER)[]

const filtersOf = (view: PeopleView): Record<string, string> =>
  Object.fromEntries(FILTER_NAMES.flatMap((name) => (view[name] ? [[name, view[name]]] : [])))

async function countAll(actor: Actor, results: Results, view: PeopleView): Promise<Counted> {
  const all = await countPeople(actor, results, NO_FILTER)
  const filters: Counted['filters'] = []
  for (const [name, value] of Object.entries(filtersOf(view)))
    filters.push({ name, value, leavesOut: all - (await countPeople(actor, results, { ...NO_FILTER, [name]: value })) })
  const listed = filters.length === 0 ? all : await countPeople(actor, results, view)
  return { unit: 'people', all, listed, filters }
}
