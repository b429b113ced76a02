import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { SAVED_LISTS, type SavedList } from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'
import { connections } from './connections'
import { members } from './organisations'

/**
 * The filters of a list that a member saved under a name. Everything of such a list stands in its address, so this is what is kept
 * of it. A view of a subscription goes with its connection.
 */
export const savedViews = pgTable(
  'saved_views',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    /** Who made it. */
    memberId: uuid('member_id').notNull(),
    /** The subscription whose list it is; null for a list over all of them. */
    connectionId: uuid('connection_id'),
    name: text('name').notNull(),
    list: text('list').$type<SavedList>().notNull(),
    /** The query of the list, in the form in which its page writes it, without the place in the list. */
    query: text('query').notNull(),
    /** Whether every member of the organisation can open it, and not only who made it. */
    shared: boolean('shared').notNull().default(false),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      name: 'saved_views_of_a_member',
      columns: [t.organisationId, t.memberId],
      foreignColumns: [members.organisationId, members.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'saved_views_of_a_connection',
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    // Two indexes, because a row without a connection is equal to no other one in an index that has the connection.
    uniqueIndex('saved_views_one_per_name')
      .on(t.organisationId, t.memberId, t.list, sql`lower(${t.name})`)
      .where(sql`connection_id is null`),
    uniqueIndex('saved_views_one_per_name_of_a_connection')
      .on(t.organisationId, t.memberId, t.connectionId, t.list, sql`lower(${t.name})`)
      .where(sql`connection_id is not null`),
    index('saved_views_by_list').on(t.organisationId, t.connectionId, t.list),
    check('saved_views_list', oneOf('list', SAVED_LISTS)),
    check('saved_views_connection', sql`(connection_id is not null) = (list in ('people', 'others'))`),
    check('saved_views_name', sql`length(name) between 1 and 90`),
    check('saved_views_query', sql`length(query) <= 4000`),
  ],
)
