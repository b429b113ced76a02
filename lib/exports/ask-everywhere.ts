import type { Actor } from '@/db/actor'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { type AskAllView, isAsked } from '@/lib/domain/views'
import { connectionAskedFor } from '@/lib/past-result'
import { type AllResults, canBeAsked } from '@/lib/past-results'
import { askList } from './ask'
import type { ListToExport } from './lists'
import type { Counted } from './proof'
import type { Cell } from './table'

/** The columns that say of which subscription a row is, before those of its answer. */
const SUBSCRIPTION_COLUMNS = ['subscription', 'subscription_id', 'subscription_shown_as_of']

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
  const view = { ...question, scope: '', cursor: null }
  if (!isAsked(view)) throw new NotFound('Nothing is asked: name a role or an operation.')
  const lists: { connection: ConnectionFacts; list: ListToExport }[] = []
  for (const shown of all.connections.filter(canBeAsked)) {
    const connected = await getConnection(actor, shown.id)
    if (!connected) throw new NotFound('A subscription was deleted while it was asked.')
    const connection = await connectionAskedFor(actor, connected, question.at)
    lists.push({ connection, list: await askList(actor, connection, view) })
  }
  const [first] = lists
  if (!first) throw new NotFound('No subscription has been read yet.')

  async function* read(): AsyncGenerator<readonly (readonly Cell[])[]> {
    for (const { connection, list } of lists) {
      const { label, subscriptionId, publishedAt } = connection
      for await (const rows of list.cells.rows)
        yield rows.map((cells) => [label, subscriptionId, publishedAt, ...cells])
    }
  }
  return {
    ...{ list: `${first.list.list} in all subscriptions`, label: organisation, at },
    cells: { name: 'Answers', columns: [...SUBSCRIPTION_COLUMNS, ...first.list.cells.columns], rows: read() },
    snapshots: lists.map(({ connection }) => connection),
    notShown: all.past?.hidden.map(({ label, why }) => ({ label, why })),
    filters: first.list.filters,
    count: async () => addCounts(await Promise.all(lists.map(({ list }) => list.count()))),
  }
}

/** What is counted in each subscription, together: who is in two of them counts in both. */
function addCounts(counts: Counted[]): Counted {
  const sum = (of: (one: Counted) => number) => counts.reduce((total, one) => total + of(one), 0)
  const [first] = counts
  const filters = (first?.filters ?? []).map((filter, index) => ({
    ...filter,
    leavesOut: sum((one) => one.filters[index]?.leavesOut ?? 0),
  }))
  return {
    unit: `${first?.unit ?? 'people'}, counted in each subscription`,
    all: sum((one) => one.all),
    listed: sum((one) => one.listed),
    filters,
    notKnown: [...new Set(counts.flatMap(({ notKnown }) => notKnown ?? []))],
  }
}
