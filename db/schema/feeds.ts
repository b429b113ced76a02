import { sql } from 'drizzle-orm'
import { check, foreignKey, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns'
import { members } from './organisations'

/**
 * A feed of the changes of access, which a program of a member reads with a token. Only the hash of the token is stored, so that a
 * copy of this table reads no feed. Deleting the row revokes the token at once.
 */
export const feeds = pgTable(
  'feeds',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    memberId: uuid('member_id').notNull(),
    /** Always `active`: with the foreign key below, a member who was removed can have no feed. */
    memberState: text('member_state').$type<'active'>().notNull().default('active'),
    name: text('name').notNull(),
    /** Which changes it tells of: the query of the Changes page, in the form in which that page writes it. */
    query: text('query').notNull(),
    /** SHA-256 of the token, in base64url. */
    tokenHash: text('token_hash').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When it was read last, to the hour. */
    lastUsedAt: at('last_used_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    // For programs whose token was made before tokens named their organisation: whose feed they read follows from the row.
    index('feeds_by_id').on(t.id),
    foreignKey({
      name: 'feeds_of_a_member',
      columns: [t.organisationId, t.memberId, t.memberState],
      foreignColumns: [members.organisationId, members.id, members.state],
    }).onDelete('cascade'),
    index('feeds_by_member').on(t.organisationId, t.memberId, t.memberState),
    check('feeds_of_active_members', sql`member_state = 'active'`),
  ],
)
