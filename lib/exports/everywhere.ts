import type { Actor } from '@/db/actor'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { connectionAskedFor } from '@/lib/past-result'
import { type AllResults, canBeAsked, listNotReadYet } from '@/lib/past-results'
import type { ListToExport } from './lists'
import type { Counted } from './proof'
import type { Cell } from './table'

/** The columns that say of which subscription a row is, before those of the list itself. */
export const SUBSCRIPTION_COLUMNS = ['subscription', 'subscription_id', 'subscription_shown_as_of']

/** The lists of one subscription whose rows stand in an export over all of them, one after the other. */
type ListsOf = (connection: ConnectionFacts) => Promise<ListToExport[]>

/**
 * Every subscription that has a result, now or as of a moment, as its own pages show it.
 *
 * @param all what is shown of all of the organisation's connections
 * @param at the moment as it stands in the address; empty for now
 * @throws NotFound when one of them is deleted or disconnected meanwhile, or when its result of the moment is
 */
export async function listConnectionsShown(actor: Actor, all: AllResults, at: string): Promise<ConnectionFacts[]> {
  const connections: ConnectionFacts[] = []
  for (const { id } of all.connections.filter(canBeAsked)) connections.push(await openConnection(actor, id, at))
  return connections
}

/** A connection as its pages show it. One that is gone would leave rows out without a word, so it ends the export. */
async function openConnection(actor: Actor, id: string, at: string): Promise<ConnectionFacts> {
  const connection = await getConnection(actor, id)
  // What is shown as of a moment was connected then, whatever has become of it.
  if (!connection || (at === '' && connection.state === 'disconnected'))
    throw new NotFound('A subscription was disconnected or deleted while it was exported.')
  return connectionAskedFor(actor, connection, at)
}

/**
 * The rows of the lists of each subscription, each behind the cells of {@link SUBSCRIPTION_COLUMNS}. A subscription is opened when
 * its turn comes: a thousand of them at once would hold all their roles in memory, and all of the database's connections.
 */
export async function* readEachSubscription(
  actor: Actor,
  connections: readonly ConnectionFacts[],
  at: string,
  listsOf: ListsOf,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for (const connection of connections) {
    const { id, label, subscriptionId, publishedAt } = connection
    for (const { cells } of await listsOf(connection))
      for await (const rows of cells.rows) yield rows.map((values) => [label, subscriptionId, publishedAt, ...values])
    // Only a subscription that is still there has given all of its rows.
    await openConnection(actor, id, at)
  }
}

/** What is counted in each subscription, together: who is in two of them counts in both. */
export async function countEachSubscription(
  connections: readonly ConnectionFacts[],
  unit: string,
  listsOf: ListsOf,
): Promise<Counted> {
  const counts: Counted[] = []
  for (const connection of connections) for (const list of await listsOf(connection)) counts.push(await list.count())
  const sum = (of: (one: Counted) => number) => counts.reduce((total, one) => total + of(one), 0)
  const filters = (counts[0]?.filters ?? []).map((filter, index) => ({
    ...filter,
    leavesOut: sum((one) => one.filters[index]?.leavesOut ?? 0),
  }))
  return {
    unit: `${unit}, counted in each subscription`,
    all: sum((one) => one.all),
    listed: sum((one) => one.listed),
    filters,
    notKnown: [...new Set(counts.flatMap(({ notKnown }) => notKnown ?? []))],
  }
}

/** The subscriptions of which an export over all of them has nothing, and why. */
export const listNotShown = ({ past, connections }: AllResults): { label: string; why: string }[] => [
  ...(past?.hidden ?? []).map(({ label, why }) => ({ label, why })),
  ...listNotReadYet(connections).map(({ label }) => ({ label, why: 'nothing of it has been read yet' })),
]
