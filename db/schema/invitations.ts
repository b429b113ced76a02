import { sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns'
import { organisations } from './organisations'

/** Somebody whom an owner invited before their first sign-in, which uses the invitation up. */
export const invitations = pgTable(
  'invitations',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    /** The object ID of the person in the organisation's tenant, in lower case; null when they were invited by user name. */
    objectId: text('object_id'),
    /** The user principal name in the organisation's tenant, in lower case; null when they were invited by object ID. */
    username: text('username'),
    invitedByName: text('invited_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('invitations_one_per_object').on(t.organisationId, t.objectId),
    unique('invitations_one_per_username').on(t.organisationId, t.username),
    // For the sweep of those that nobody has taken up.
    index('invitations_by_end').on(t.expiresAt),
    check('invitations_one_name', sql`(object_id is null) <> (username is null)`),
  ],
)
