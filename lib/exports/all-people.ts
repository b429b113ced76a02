import type { Actor } from '@/db/actor'
import type { Cell as AccessCell } from '@/db/queries/cells'
import type { PersonRow } from '@/db/queries/people'
import type { PeopleView } from '@/lib/domain/views'
import type { AllResults, ShownConnection } from '@/lib/past-results'
import type { ListToExport } from './lists'
import { countListedPeople, PERSON_COLUMNS, peopleFiltersOf, readPeoplePages } from './people-pages'
import { ShownResults } from './shown-results'
import { type Column, cellsOf } from './table'

/** What somebody has in one subscription. */
type PersonInSubscription = { person: PersonRow; access: AccessCell; connection: ShownConnection }

const COLUMNS: readonly Column<PersonInSubscription>[] = [
  ...PERSON_COLUMNS,
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
  all: AllResults,
  { organisation, at }: { organisation: string; at: Date },
  view: PeopleView,
): ListToExport {
  const results = new ShownResults(actor, all)
  async function* read(): AsyncGenerator<PersonInSubscription[]> {
    for await (const people of readPeoplePages(actor, results, view))
      yield people.flatMap(({ person, access }) =>
        access.flatMap((one) => {
          const connection = results.get(one.connectionId)
          return connection ? [{ person, access: one, connection }] : []
        }),
      )
  }
  return {
    ...{ list: 'all people', label: organisation, at, filters: peopleFiltersOf(view) },
    cells: cellsOf({ name: 'People', columns: COLUMNS, rows: read() }),
    snapshots: results.snapshots,
    notShown: results.notShown,
    count: () => countListedPeople(actor, results, view),
  }
}
