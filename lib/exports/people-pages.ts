import type { Actor } from '@/db/actor'
import { type Cell as AccessCell, listCells } from '@/db/queries/cells'
import { countPeople, listPeople, type PersonRow } from '@/db/queries/people'
import { EVERYBODY, listPeopleFilters } from '@/lib/domain/people-filter'
import type { PeopleView } from '@/lib/domain/views'
import { readPages } from './pages'
import type { Counted } from './proof'
import type { ShownResults } from './shown-results'
import type { Column } from './table'

/** Somebody with what they have in each of the connected subscriptions in which they have something. */
export type PersonWithAccess = { person: PersonRow; access: AccessCell[] }

/** What is said of the person in each row of a list over all subscriptions. */
export const PERSON_COLUMNS: readonly Column<{ person: PersonRow }>[] = [
  { name: 'name', value: ({ person }) => person.name ?? person.id },
  { name: 'email', value: ({ person }) => person.email },
  { name: 'object_id', value: ({ person }) => person.id },
  { name: 'tenant_id', value: ({ person }) => person.tenantId },
  { name: 'status', value: ({ person }) => person.status },
  { name: 'guest', value: ({ person }) => (person.guest ? 'yes' : 'no') },
  { name: 'last_sign_in', value: ({ person }) => person.lastSignInAt },
  { name: 'subscriptions', value: ({ person }) => person.subscriptions },
]

const PEOPLE_AT_ONCE = 200

/**
 * The people with access in any connected subscription, by name, page by page. All of a page is of the results that are shown
 * when it is given; a sync that publishes later is seen from the next page on.
 */
export async function* readPeoplePages(
  actor: Actor,
  results: ShownResults,
  view: PeopleView,
): AsyncGenerator<PersonWithAccess[]> {
  yield* readPages((cursor) => readSettledPage(actor, results, { ...view, cursor }))
  await results.expectKept()
}

/** A page that a sync has published into while it was read is read again. */
async function readSettledPage(actor: Actor, results: ShownResults, view: PeopleView) {
  let page: Awaited<ReturnType<typeof listPeople>>
  let cells: AccessCell[]
  do {
    page = await listPeople(actor, results.results, view, PEOPLE_AT_ONCE)
    cells = await listCells(actor, results.results, page.rows)
  } while (await results.haveChanged())
  const cellsOf = Map.groupBy(cells, ({ personId, tenantId }) => `${tenantId} ${personId}`)
  const rows = page.rows.map((person) => ({ person, access: cellsOf.get(`${person.tenantId} ${person.id}`) ?? [] }))
  return { ...page, rows }
}

/** What a list of people over all subscriptions is filtered by. */
export const peopleFiltersOf = (view: PeopleView): Record<string, string> => Object.fromEntries(listPeopleFilters(view))

/** How many people there are, and how many each filter of a view leaves out. */
export async function countListedPeople(actor: Actor, { results }: ShownResults, view: PeopleView): Promise<Counted> {
  const all = await countPeople(actor, results, EVERYBODY)
  const filters: Counted['filters'] = []
  for (const [name, value] of listPeopleFilters(view)) {
    const alone = await countPeople(actor, results, { ...EVERYBODY, [name]: view[name] })
    filters.push({ name, value, leavesOut: all - alone })
  }
  const listed = filters.length === 0 ? all : await countPeople(actor, results, view)
  return { unit: 'people', all, listed, filters }
}
