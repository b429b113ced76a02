import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { ACCOUNT_STATES, type AccountState } from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'
import { organisations } from './organisations'

/**
 * A Microsoft account that Rolecall reads with, in one tenant: its sign-in is kept once, however many connections live on it.
 * The row stays as long as a connection names it, also a disconnected one.
 */
export const accounts = pgTable(
  'accounts',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    /** The tenant that it reads, and in which it has its object ID: for a guest not its home. */
    tenantId: text('tenant_id').notNull(),
    objectId: text('object_id').notNull(),
    /** The name it signs in with. */
    name: text('name').notNull(),
    state: text('state').$type<AccountState>().notNull().default('active'),
    /** Problem code that explains `reconnect_needed`. */
    stateReason: text('state_reason'),
    /** What the tenant has granted beyond the base scopes, such as `GroupMember.Read.All`. */
    optionalScopes: jsonb('optional_scopes').$type<string[]>().notNull().default([]),
    /** Whether subscriptions that it can read newly are connected by themselves, and when it is looked for them next. */
    follows: boolean('follows').notNull().default(false),
    nextLookAt: at('next_look_at'),
    /** Subscriptions that are not to be connected by themselves. */
    excludedSubscriptionIds: jsonb('excluded_subscription_ids').$type<string[]>().notNull().default([]),
    /** How often somebody has signed in with it. A run that failed with an earlier sign-in says nothing of the one now. */
    signIns: integer('sign_ins').notNull().default(1),
    signedInAt: at('signed_in_at').notNull().defaultNow(),
    signedInById: uuid('signed_in_by_id'),
    signedInByName: text('signed_in_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When a result was published last that was read with it. The next one is published after that. */
    publishedAt: at('published_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('accounts_one_per_identity').on(t.organisationId, t.tenantId, t.objectId),
    index('accounts_due').on(t.nextLookAt),
    check('accounts_look', sql`follows = (next_look_at is not null)`),
    check('accounts_state', oneOf('state', ACCOUNT_STATES)),
    check('accounts_reason', sql`(state_reason is not null) = (state = 'reconnect_needed')`),
  ],
)

/** The sealed MSAL cache of an account; `version` is for compare-and-swap. */
export const accountSecrets = pgTable(
  'account_secrets',
  {
    organisationId: uuid('organisation_id').notNull(),
    accountId: uuid('account_id').notNull(),
    sealed: text('sealed').notNull(),
    version: integer('version').notNull().default(1),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId] }),
    foreignKey({
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }).onDelete('cascade'),
  ],
)
