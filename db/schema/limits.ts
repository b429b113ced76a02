import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns'

/**
 * How often something limited was asked for in the window of time that ends at `ends_at`. Both tables belong to no
 * organisation: sign-ins are counted before anybody is known, and some limits hold for everyone together.
 */
export const limitCounts = pgTable(
  'limit_counts',
  {
    name: text('name').notNull(),
    /** Whom it is counted for: a member, a connection, everyone, or a keyed hash of a client's network. */
    key: text('key').notNull(),
    count: integer('count').notNull(),
    endsAt: at('ends_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.name, t.key] }),
    index('limit_counts_expiry').on(t.endsAt),
    check('limit_counts_positive', sql`count > 0`),
  ],
)

/** Work under way whose amount is limited. A row that its process did not delete counts no more from `expires_at` on. */
export const limitLeases = pgTable(
  'limit_leases',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    key: text('key').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('limit_leases_by_name').on(t.name, t.key)],
)
