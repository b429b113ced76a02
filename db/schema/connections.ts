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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import {
  type AttemptProblem,
  CONNECTION_STATES,
  type ConnectionState,
  DELETION_STEPS,
  type DeletedRows,
  type DeletionStep,
  type ManagementGroup,
  SCHEDULES,
  type Schedule,
} from '@/lib/domain/vocabulary'
import { accounts } from './accounts'
import { at, oneOf } from './columns'
import { memberSessions, members, organisations } from './organisations'

/** A connected subscription: one tile. */
export const connections = pgTable(
  'connections',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    integration: text('integration').notNull().default('azure'),
    subscriptionId: text('subscription_id').notNull(),
    subscriptionName: text('subscription_name').notNull(),
    subscriptionState: text('subscription_state').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** The account that it is read with. */
    accountId: uuid('account_id').notNull(),
    label: text('label').notNull(),
    state: text('state').$type<ConnectionState>().notNull().default('active'),
    /** Problem code that explains `reconnect_needed` and `action_needed`. */
    stateReason: text('state_reason'),
    schedule: text('schedule').$type<Schedule>().notNull().default('daily'),
    nextSyncAt: at('next_sync_at'),
    /** Failures in a row, which decide the pause before the next try. */
    failures: integer('failures').notNull().default(0),
    publishedRunId: uuid('published_run_id'),
    /** When the result that readers see was published. Every read of access is made as of this time. */
    publishedAt: at('published_at'),
    /** The first published result of which everything was kept: see `db/queries/history-horizon.ts`. */
    historyBeginsAt: at('history_begins_at'),
    /** Whether the published result knows which roles are only eligible. Without that nobody's role can be called permanent. */
    eligibleRead: boolean('eligible_read').notNull().default(false),
    /** When the reading of the published result began, and the last one that was shown who is eligible. */
    readAt: at('read_at'),
    eligibleReadAt: at('eligible_read_at'),
    connectedById: uuid('connected_by_id'),
    connectedByName: text('connected_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    disconnectedAt: at('disconnected_at'),
    /** The management groups above the subscription, the root first; null when they could not be read. */
    managementGroups: jsonb('management_groups').$type<ManagementGroup[]>(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('connections_one_per_subscription').on(t.organisationId, t.integration, t.subscriptionId),
    index('connections_due').on(t.nextSyncAt),
    foreignKey({
      name: 'connections_of_an_account',
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }),
    index('connections_by_account').on(t.organisationId, t.accountId),
    check('connections_state', oneOf('state', CONNECTION_STATES)),
    // Whoever reads an access as of its publication sees nothing of what is half deleted.
    check('connections_deleting_show_nothing', sql`state <> 'deleting' or published_at is null`),
    check('connections_schedule', oneOf('schedule', SCHEDULES)),
    check('connections_subscription_lower', sql`subscription_id = lower(subscription_id)`),
  ],
)

/**
 * A connection that is being deleted, and how far that has come. The row is made when the deletion is asked for and goes
 * with the connection, at the end. Triggers keep the connection in the state `deleting`, without runs or tokens.
 */
export const connectionDeletions = pgTable(
  'connection_deletions',
  {
    organisationId: uuid('organisation_id').notNull(),
    connectionId: uuid('connection_id').notNull(),
    requestedById: uuid('requested_by_id').notNull(),
    requestedByName: text('requested_by_name').notNull(),
    requestedAt: at('requested_at').notNull().defaultNow(),
    /** When a batch was deleted last. */
    updatedAt: at('updated_at').notNull().defaultNow(),
    /** The tenants whose people and roles the connection named: several when the subscription was transferred. */
    tenantIds: jsonb('tenant_ids').$type<string[]>().notNull(),
    step: text('step').$type<DeletionStep>().notNull().default('connection_nodes'),
    /** The last principal or role that was looked at in this step. */
    lookedAt: jsonb('looked_at').$type<{ tenantId: string; id: string }>(),
    deleted: jsonb('deleted').$type<DeletedRows>().notNull().default({}),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId] }),
    foreignKey({
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    check('connection_deletions_step', oneOf('step', DELETION_STEPS)),
  ],
)

/** A connection in the making: a typed subscription ID and the sign-in that was begun for it. Single use, for 30 minutes. */
export const connectAttempts = pgTable(
  'connect_attempts',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    memberId: uuid('member_id').notNull(),
    /** The session of the browser in which it was begun. It is lost with that session, and no other browser can finish it. */
    sessionId: uuid('session_id').notNull(),
    subscriptionId: text('subscription_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** Set when an existing connection is being reconnected. */
    connectionId: uuid('connection_id'),
    /** SHA-256 of the state of the sign-in now under way; null when there is none. Cleared by the first use. */
    stateHash: text('state_hash'),
    /** The state hash that was used last, to tell a repeated answer from a stranger's. */
    usedStateHash: text('used_state_hash'),
    /** Sealed PKCE verifier and nonce of that sign-in. */
    sealedLogin: text('sealed_login'),
    loginBegunAt: at('login_begun_at'),
    /** Sealed MSAL cache after a good sign-in, until Connect moves it to the account. */
    sealedCache: text('sealed_cache'),
    cacheVersion: integer('cache_version').notNull().default(0),
    /** The account that it was chosen to read with, instead of a sign-in of its own. */
    accountId: uuid('account_id'),
    accountObjectId: text('account_object_id'),
    accountTenantId: text('account_tenant_id'),
    accountName: text('account_name'),
    problem: jsonb('problem').$type<AttemptProblem>(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    confirmedAt: at('confirmed_at'),
    /** The optional scopes asked for, and those that came back with the tokens. */
    optionalScopes: jsonb('optional_scopes').$type<string[]>().notNull().default([]),
    grantedScopes: jsonb('granted_scopes').$type<string[]>().notNull().default([]),
    /** The connections it made: its own first, then the others chosen with the same sign-in. */
    madeConnectionIds: jsonb('made_connection_ids').$type<string[]>().notNull().default([]),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      columns: [t.organisationId, t.memberId],
      foreignColumns: [members.organisationId, members.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'connect_attempts_of_a_session',
      columns: [t.organisationId, t.memberId, t.sessionId],
      foreignColumns: [memberSessions.organisationId, memberSessions.memberId, memberSessions.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'connect_attempts_of_an_account',
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }).onDelete('cascade'),
    check('connect_attempts_one_sign_in', sql`account_id is null or sealed_cache is null`),
    index('connect_attempts_by_account').on(t.organisationId, t.accountId),
    uniqueIndex('connect_attempts_state').on(t.organisationId, t.stateHash).where(sql`state_hash is not null`),
    index('connect_attempts_expiry').on(t.expiresAt),
    index('connect_attempts_by_session').on(t.organisationId, t.memberId, t.sessionId),
  ],
)
