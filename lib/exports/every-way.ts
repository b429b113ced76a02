import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { parseAccessView } from '@/lib/domain/views'
import type { AllResults } from '@/lib/past-results'
import { ACCESS_COLUMNS } from './access'
import {
  countEachSubscription,
  listConnectionsShown,
  listNotShown,
  readEachSubscription,
  SUBSCRIPTION_COLUMNS,
} from './everywhere'
import { accessList, type ListToExport } from './lists'

/**
 * Everything that gives access anywhere, for whoever has to follow each row to its assignment: a row for each person or other principal,
 * subscription, role, scope and way. It has the rows of the exports of people and of other principals of every subscription, one subscription
 * after the other, so that no more of it is in memory than of one of those. Nothing is filtered.
 *
 * @param all what is shown of all of the organisation's connections, now or as of a moment
 * @param asked the moment as it stands in the address; empty for now
 * @throws NotFound, also at the end of a subscription's rows, when it is gone meanwhile
 */
export async function everyWayList(
  actor: Actor,
  all: AllResults,
  { organisation, at }: { organisation: string; at: Date },
  asked: string,
): Promise<ListToExport> {
  const connections = await listConnectionsShown(actor, all, asked)
  const everyone = parseAccessView({})
  const listsOf = async (connection: ConnectionFacts) => [
    accessList(actor, connection, everyone, 'people'),
    accessList(actor, connection, everyone, 'others'),
  ]
  return {
    ...{ list: 'every way', label: organisation, at, filters: {} },
    cells: {
      name: 'Ways',
      columns: [...SUBSCRIPTION_COLUMNS, ...ACCESS_COLUMNS.map(({ name }) => name)],
      rows: readEachSubscription(actor, connections, asked, listsOf),
    },
    snapshots: connections,
    notShown: listNotShown(all),
    count: () => countEachSubscription(connections, 'people and other principals', listsOf),
  }
}
