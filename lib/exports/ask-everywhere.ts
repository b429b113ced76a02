import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { withPlane } from '@/lib/ask-everywhere'
import { type AskAllView, isAsked } from '@/lib/domain/views'
import type { AllResults } from '@/lib/past-results'
import { askList } from './ask'
import {
  countEachSubscription,
  listConnectionsShown,
  listNotShown,
  readEachSubscription,
  SUBSCRIPTION_COLUMNS,
} from './everywhere'
import type { ListToExport } from './lists'

/**
 * The answers of all connected subscriptions to one question, one subscription after the other: a row for each way in which somebody, or
 * something, can do what is asked there.
 *
 * @param all what is shown of all of the organisation's connections, now or as of a moment
 * @throws NotFound when nothing is asked, when what is asked makes no sense, or when a subscription is gone that was to be asked
 */
export async function askAllList(
  actor: Actor,
  all: AllResults,
  { organisation, at }: { organisation: string; at: Date },
  question: AskAllView,
): Promise<ListToExport> {
  const view = { ...(await withPlane(actor, question)), scope: '', cursor: null }
  if (!isAsked(view)) throw new NotFound('Nothing is asked: name a role or an operation.')
  const connections = await listConnectionsShown(actor, all, question.at)
  const [one] = connections
  if (!one) throw new NotFound('No subscription has been read yet.')
  const first = await askList(actor, one, view)
  const listsOf = async (connection: ConnectionFacts) => [await askList(actor, connection, view)]
  return {
    ...{ list: `${first.list} in all subscriptions`, label: organisation, at },
    cells: {
      name: 'Answers',
      columns: [...SUBSCRIPTION_COLUMNS, ...first.cells.columns],
      rows: readEachSubscription(actor, connections, question.at, listsOf),
    },
    snapshots: connections,
    notShown: listNotShown(all),
    filters: first.filters,
    count: () => countEachSubscription(connections, view.who === 'people' ? 'people' : 'other principals', listsOf),
  }
}
