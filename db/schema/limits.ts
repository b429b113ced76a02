import { sql } from 'drizzle-orm'
import { check, doublePrecision, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { REQUEST_BUDGETS, type RequestBudget } from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'
import { organisations } from './organisations'

/**
 * How often something limited was asked for in the window of time that ends at `ends_at`. This table and the next belong to no
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

/**
 * What is left of Microsoft's limits, which all workers draw from before they send (`lib/connections/request-budgets.ts`).
 * A row that is missing is a full budget, so that those of an hour ago are deleted.
 */
export const requestBudgets = pgTable(
  'request_budgets',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    budget: text('budget').$type<RequestBudget>().notNull(),
    /** The subscription or the tenant in which it is counted. */
    place: text('place').notNull(),
    /** Whose requests are counted together there: a person by object ID, or an application by client ID. */
    reader: text('reader').notNull(),
    /** Requests or resource units that could be sent at `counted_at`. Below zero: so many were promised ahead. */
    available: doublePrecision('available').notNull(),
    countedAt: at('counted_at').notNull(),
    /** Until when Microsoft asked to send nothing. */
    pausedUntil: at('paused_until'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.budget, t.place, t.reader] }),
    check('request_budgets_budget', oneOf('budget', REQUEST_BUDGETS)),
  ],
)
