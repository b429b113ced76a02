import { and, eq, lte, ne, type SQL, Subquery, sql } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import { connectionNodes, holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { atNodeShown, nodesShown, type Published, type Reader } from './snapshot'

/**
 * Which results a list over all subscriptions is made of: those that readers see now, or those that they saw at a moment, one for each
 * connection of which one can be shown.
 */
export type Results = 'now' | { at: Date; of: readonly Pick<Published, 'id' | 'publishedAt' | 'eligibleRead'>[] }

/**
 * The connections whose results are shown, as a table that stands where `connections` would: queries name its columns as those of the
 * table, and join the nodes by `nodesShown`. `published_at` and `eligible_read` are those of the result that is shown. Keeps to the
 * actor's organisation, whatever the results name.
 *
 * Now they are read from the table itself, so that a page sends no list of a thousand connections and the database knows how many there
 * are. At a moment they are rows of one parameter, joined with the table.
 */
export const connectionsShown = (actor: Reader, results: Results) =>
  new Subquery<'connections', Record<string, unknown>>(
    results === 'now' ? shownNow(actor) : shownThen(actor, results.of),
    {},
    'connections',
  )

const COLUMNS = sql.join(
  [
    connections.organisationId,
    connections.id,
    connections.label,
    connections.subscriptionId,
    connections.subscriptionName,
    connections.managementGroups,
  ],
  sql`, `,
)
const ofOrganisation = ({ organisationId }: Reader) => eq(connections.organisationId, organisationId)

const shownNow = (actor: Reader): SQL => sql`
  select ${COLUMNS}, ${connections.publishedAt}, ${connections.eligibleRead} from ${connections}
  where ${and(ofOrganisation(actor), ne(connections.state, 'disconnected'))}`

function shownThen(actor: Reader, results: Exclude<Results, 'now'>['of']): SQL {
  const rows = results.map(({ id, publishedAt, eligibleRead }) => ({
    ...{ id, published_at: publishedAt.toISOString(), eligible_read: eligibleRead },
  }))
  return sql`
    select ${COLUMNS}, shown.published_at, shown.eligible_read from ${connections}
    join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as shown (id uuid, published_at timestamptz, eligible_read boolean)
      on shown.id = ${connections.id}
    where ${and(ofOrganisation(actor), ne(connections.state, 'deleting'))}`
}

const known = alias(holders, 'known_holders')
const isOfPerson = and(
  eq(known.organisationId, principals.organisationId),
  eq(known.tenantId, principals.tenantId),
  eq(known.principalId, principals.id),
)

/**
 * A fact of a person that is kept with the past, of a query on `principals`: what the directory says now, or what was known at the
 * moment. Whenever it changes, all holders of the person are written anew, so that the row which was written last by then has it.
 */
const factShown = <Fact>(results: Results, now: PgColumn, then: PgColumn): SQL<Fact> =>
  results === 'now'
    ? sql<Fact>`${now}`
    : sql<Fact>`coalesce((select ${then} from ${holders} as ${known}
        where ${and(isOfPerson, lte(known.validFrom, results.at))} order by ${known.validFrom} desc limit 1), ${now})`

/** The status of a person, and whether they are a guest, in the results that are shown. */
export const statusShown = (results: Results) =>
  factShown<typeof principals.$inferSelect.status>(results, principals.status, known.status)
export const guestShown = (results: Results) =>
  factShown<typeof principals.$inferSelect.guest>(results, principals.guest, known.guest)

/** The nodes of connections at which a row of holders is kept. */
export const nodeOfHolder = and(
  eq(connectionNodes.organisationId, holders.organisationId),
  eq(connectionNodes.nodeId, holders.nodeId),
)

/** The connection of such a node, of {@link connectionsShown}, if its result has the node and the row of holders. */
export const isHolderShown = and(nodesShown, atNodeShown(holders))

/**
 * The nodes of the results that are shown, each once, with all moments as of which it is shown: a thousand connections may lie below one
 * management group. To be joined with holders by {@link isHolderAtShownNode}, so that each row of theirs is looked at once, and not
 * once for every connection.
 */
export const selectShownNodes = (shown: ReturnType<typeof connectionsShown>): SQL => sql`(
  select ${connectionNodes.organisationId}, ${connectionNodes.nodeId}, min(${connections.publishedAt}) as oldest,
    max(${connections.publishedAt}) as newest, array_agg(distinct ${connections.publishedAt}) as moments
  from ${connectionNodes} join ${shown} on ${nodesShown}
  group by ${connectionNodes.organisationId}, ${connectionNodes.nodeId}) as shown_node`

/** Whether a row of holders is valid at any of the moments as of which its node is shown. */
export const isHolderAtShownNode = and(
  sql`${holders.organisationId} = shown_node.organisation_id and ${holders.nodeId} = shown_node.node_id`,
  sql`${holders.validFrom} <= shown_node.newest`,
  sql`(${holders.validTo} is null or ${holders.validTo} > shown_node.oldest and exists (
    select from unnest(shown_node.moments) as moment where ${holders.validFrom} <= moment and ${holders.validTo} > moment))`,
)
