import type { Actor } from '@/db/actor'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { withPlane } from '@/lib/ask-everywhere'
import { type AskAllView, isAsked } from '@/lib/domain/views'
import { connectionAskedFor } from '@/lib/past-result'
import { type AllResults, canBeAsked, listNotReadYet } from '@/lib/past-results'
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
  const view = { ...(await withPlane(actor, question)), scope: '', cursor: null }
  if (!isAsked(view)) throw new NotFound('Nothing is asked: name a role or an operation.')
  const connections: ConnectionFacts[] = []
  for (const shown of all.connections.filter(canBeAsked)) {
    const connected = await getConnection(actor, shown.id)
    if (!connected) throw new NotFound('A subscription was deleted while it was asked.')
    connections.push(await connectionAskedFor(actor, connected, question.at))
  }
  const [one] = connections
  if (!one) throw new NotFound('No subscription has been read yet.')
  const first = await askList(actor, one, view)

  // Each is asked when its turn comes: a thousand of them at once would hold all their roles in memory, and all of the database's connections.
  async function* read(): AsyncGenerator<readonly (readonly Cell[])[]> {
    for (const connection of connections) {
      const { label, subscriptionId, publishedAt } = connection
      for await (const rows of (await askList(actor, connection, view)).cells.rows)
        yield rows.map((cells) => [label, subscriptionId, publishedAt, ...cells])
    }
  }
  async function count(): Promise<Counted> {
    const counts: Counted[] = []
    for (const connection of connections) counts.push(await (await askList(actor, connection, view)).count())
    return addCounts(counts)
  }
  return {
    ...{ list: `${first.list} in all subscriptions`, label: organisation, at },
    cells: { name: 'Answers', columns: [...SUBSCRIPTION_COLUMNS, ...first.cells.columns], rows: read() },
    snapshots: connections,
    notShown: [
      ...(all.past?.hidden ?? []).map(({ label, why }) => ({ label, why })),
      ...listNotReadYet(all.connections).map(({ label }) => ({ label, why: 'nothing of it has been read yet' })),
    ],
    filters: first.filters,
    count,
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
