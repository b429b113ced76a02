import type { Actor } from '@/db/actor'
import type { Cell as AccessCell } from '@/db/queries/cells'
import { whyUnknown } from '@/lib/domain/coverage'
import type { PeopleView } from '@/lib/domain/views'
import { roleWords } from '@/lib/domain/words'
import type { AllResults, ShownConnection } from '@/lib/past-results'
import type { ListToExport } from './lists'
import {
  countListedPeople,
  PERSON_COLUMNS,
  type PersonWithAccess,
  peopleFiltersOf,
  readPeoplePages,
} from './people-pages'
import { ShownResults } from './shown-results'
import { type Column, cellsOf } from './table'

/** Somebody with what they have in each subscription, and what is known of those in which they have nothing. */
type MatrixRow = Pick<PersonWithAccess, 'person'> & {
  /** What they have in one of them, by connection. */
  access: ReadonlyMap<string, AccessCell>
  /** Why it is not known that somebody without a role has none, by connection. Of those that are not named it is known. */
  unknown: ReadonlyMap<string, string>
  /** The subscriptions that are shown as of a later result than the one with which the export began. */
  later: string[]
}

const FIRST_COLUMNS: readonly Column<MatrixRow>[] = [
  ...PERSON_COLUMNS,
  { name: 'later_results', value: ({ later }) => later },
]

/**
 * People by subscription, as the page shows it: a row for each person and a column for each subscription that has a result,
 * however many there are. A cell has the strongest role and what else there is, says why it is not known whether there is
 * any, or is empty: then they have none by that result. A sync that publishes meanwhile is shown from the next rows on, which
 * name it, and the proof has both of its results.
 *
 * @param all what is shown of all of the organisation's connections, now or as of a moment
 */
export function matrixList(
  actor: Actor,
  all: AllResults,
  { organisation, at }: { organisation: string; at: Date },
  view: PeopleView,
): ListToExport {
  const results = new ShownResults(actor, all)
  const shown = results.list().filter(({ publishedAt }) => publishedAt !== null)
  const first = new Map(results.list().map(({ id, publishedAt }) => [id, publishedAt?.getTime()]))
  async function* read(): AsyncGenerator<MatrixRow[]> {
    for await (const people of readPeoplePages(actor, results, view)) {
      const now = results.list()
      const unknown = new Map(now.flatMap((one) => listWhyUnknown(one)))
      const later = now.filter(({ id, publishedAt }) => publishedAt?.getTime() !== first.get(id)).map(resultWords)
      yield people.map(({ person, access }) => ({
        ...{ person, unknown, later },
        access: new Map(access.map((cell) => [cell.connectionId, cell])),
      }))
    }
  }
  return {
    ...{ list: 'people by subscription', label: organisation, at, filters: peopleFiltersOf(view) },
    cells: cellsOf({
      name: 'People by subscription',
      columns: [...FIRST_COLUMNS, ...shown.map(columnOf)],
      rows: read(),
    }),
    snapshots: results.snapshots,
    notShown: results.notShown,
    count: () => countListedPeople(actor, results, view),
  }
}

const listWhyUnknown = ({ id, publishedAt, coverage }: ShownConnection): [string, string][] => {
  const why = whyUnknown(publishedAt ? (coverage ?? []) : null)
  return why === null ? [] : [[id, why]]
}

const resultWords = ({ label, publishedAt }: ShownConnection): string =>
  `${label} as of ${publishedAt?.toISOString() ?? 'no result'}`

/** The column of a subscription. Labels may be the same, so the ID stands beside it. */
const columnOf = ({ id, label, subscriptionId }: ShownConnection): Column<MatrixRow> => ({
  name: `${label} (${subscriptionId})`,
  value: ({ access, unknown }) => {
    const cell = access.get(id)
    if (cell) return cellWords(cell)
    const why = unknown.get(id)
    return why === undefined ? [] : [`not known: ${why}`]
  },
})

/** What somebody has in one subscription, as the page says it: the strongest role, a stronger eligible one, and how many more. */
function cellWords({ role, assignmentKind, scope, level, unreadSince, eligible, grants }: AccessCell): string[] {
  const isBelow = level === 'resource_group' || level === 'resource'
  const strongest = assignmentKind === 'eligible' ? `${roleWords(role)}, eligible` : roleWords(role)
  const others = grants - 1 - Number(eligible !== null)
  return [
    isBelow ? `${strongest} at ${scope}` : strongest,
    ...(unreadSince ? [`not read since ${unreadSince.toISOString()}`] : []),
    ...(eligible ? [`${roleWords({ id: eligible.roleId, name: eligible.roleName })}, eligible`] : []),
    ...(others > 0 ? [`${others} more`] : []),
  ]
}
