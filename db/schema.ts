import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

/** Milliseconds, as JavaScript has them, so that a time read and sent back still compares equal. */
const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const MEMBER_ROLES = ['owner', 'admin', 'viewer'] as const
export const SCHEDULES = ['hourly', 'every_6_hours', 'daily', 'off'] as const
export const CONNECTION_STATES = ['active', 'reconnect_needed', 'action_needed', 'disconnected'] as const
export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export const RUN_TRIGGERS = ['connect', 'reconnect', 'manual', 'schedule', 'retry'] as const
export const RUN_PHASES = ['starting', 'reading_assignments', 'reading_people', 'publishing', 'done'] as const
export const PRINCIPAL_KINDS = ['user', 'group', 'service_principal', 'foreign_group', 'device', 'other'] as const
export const PERSON_STATUSES = ['active', 'disabled', 'invited', 'deleted', 'unknown'] as const
export const SCOPE_LEVELS = ['root', 'management_group', 'subscription', 'resource_group', 'resource'] as const
export const PRIVILEGES = ['grants_access', 'writes', 'reads_data', 'reads'] as const

export type MemberRole = (typeof MEMBER_ROLES)[number]
export type Schedule = (typeof SCHEDULES)[number]
export type ConnectionState = (typeof CONNECTION_STATES)[number]
export type RunState = (typeof RUN_STATES)[number]
export type RunTrigger = (typeof RUN_TRIGGERS)[number]
export type RunPhase = (typeof RUN_PHASES)[number]
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]
export type PersonStatus = (typeof PERSON_STATUSES)[number]
export type ScopeLevel = (typeof SCOPE_LEVELS)[number]
/** What a role amounts to, strongest first: grants access, writes, reads data, reads. */
export type Privilege = (typeof PRIVILEGES)[number]

/** What a run has counted so far. Only what was really read; absent means not reached. */
export type RunCounters = { assignments?: number; people?: number; peopleWanted?: number; roles?: number }

/** One line of the honest ledger: what was read whole, what was not, and why. */
export type CoverageLine = {
  dataset: 'assignments' | 'roles' | 'people' | 'groups' | 'other_principals'
  state: 'whole' | 'partly' | 'not_permitted' | 'not_asked'
  read: number
  missing: number
  /** The problem code behind `partly` and `not_permitted`. */
  why?: string
}

/** How a sign-in to Microsoft ended, when not well. Never a token, a code or an address. */
export type AttemptProblem = { code: string; aadsts?: number; correlationId?: string; claims?: string; at: string }

const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`)

export const organisations = pgTable('organisations', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: text('tenant_id').notNull().unique(),
  name: text('name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
})

/** A trigger (migration 0001) keeps an owner in every organisation, from its first member on. */
export const members = pgTable(
  'members',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    objectId: text('object_id').notNull(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    role: text('role').$type<MemberRole>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastSeenAt: at('last_seen_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('members_one_per_account').on(t.organisationId, t.objectId),
    check('members_role', oneOf('role', MEMBER_ROLES)),
  ],
)

/** A portal session. The cookie names it; deleting the row signs the browser out at once. */
export const memberSessions = pgTable(
  'member_sessions',
  {
    organisationId: uuid('organisation_id').notNull(),
    memberId: uuid('member_id').notNull(),
    id: uuid('id').primaryKey().defaultRandom(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    foreignKey({
      columns: [t.organisationId, t.memberId],
      foreignColumns: [members.organisationId, members.id],
    }).onDelete('cascade'),
    index('member_sessions_by_member').on(t.organisationId, t.memberId),
  ],
)

/** What was done, by whom, to what. Names are kept as they were, so that the line outlives its subject. */
export const auditEvents = pgTable(
  'audit_events',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    at: at('at').notNull().defaultNow(),
    memberId: uuid('member_id'),
    memberName: text('member_name').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    details: jsonb('details').$type<Record<string, string | number | boolean | null>>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.seq] })],
)

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
    /** The Microsoft account whose consent the connection lives on. */
    accountObjectId: text('account_object_id').notNull(),
    accountTenantId: text('account_tenant_id').notNull(),
    accountName: text('account_name').notNull(),
    label: text('label').notNull(),
    state: text('state').$type<ConnectionState>().notNull().default('active'),
    /** Problem code that explains `reconnect_needed` and `action_needed`. */
    stateReason: text('state_reason'),
    schedule: text('schedule').$type<Schedule>().notNull().default('daily'),
    nextSyncAt: at('next_sync_at'),
    /** Failures in a row; sets the pause before the next try. */
    failures: integer('failures').notNull().default(0),
    publishedRunId: uuid('published_run_id'),
    /** When the result that readers see was published. Every read of access is made as of this time. */
    publishedAt: at('published_at'),
    connectedById: uuid('connected_by_id'),
    connectedByName: text('connected_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    disconnectedAt: at('disconnected_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('connections_one_per_subscription').on(t.organisationId, t.integration, t.subscriptionId),
    index('connections_due').on(t.nextSyncAt),
    check('connections_state', oneOf('state', CONNECTION_STATES)),
    check('connections_schedule', oneOf('schedule', SCHEDULES)),
    check('connections_subscription_lower', sql`subscription_id = lower(subscription_id)`),
  ],
)

/** The sealed MSAL cache of a connection; `version` is for compare-and-swap. */
export const connectionSecrets = pgTable(
  'connection_secrets',
  {
    organisationId: uuid('organisation_id').notNull(),
    connectionId: uuid('connection_id').notNull(),
    sealed: text('sealed').notNull(),
    version: integer('version').notNull().default(1),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId] }),
    foreignKey({
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
  ],
)

/** A connection that is not yet one: an ID typed, a login begun. Single use, 30 minutes. */
export const connectAttempts = pgTable(
  'connect_attempts',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    memberId: uuid('member_id').notNull(),
    subscriptionId: text('subscription_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** Set when an existing connection is being reconnected. */
    connectionId: uuid('connection_id'),
    /** SHA-256 of the state of the login now under way; null when none is. Cleared by the first use. */
    stateHash: text('state_hash'),
    /** The one that was used last, so that a replay is told from a stranger's state. */
    usedStateHash: text('used_state_hash'),
    /** Sealed PKCE verifier and nonce of that login. */
    sealedLogin: text('sealed_login'),
    loginBegunAt: at('login_begun_at'),
    /** Sealed MSAL cache after a good sign-in, until Connect moves it to the connection. */
    sealedCache: text('sealed_cache'),
    cacheVersion: integer('cache_version').notNull().default(0),
    accountObjectId: text('account_object_id'),
    accountTenantId: text('account_tenant_id'),
    accountName: text('account_name'),
    problem: jsonb('problem').$type<AttemptProblem>(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    confirmedAt: at('confirmed_at'),
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
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    uniqueIndex('connect_attempts_state').on(t.stateHash).where(sql`state_hash is not null`),
    index('connect_attempts_expiry').on(t.expiresAt),
  ],
)

/** One sync of one connection. At most one is open at a time; `fence` stops a late worker from publishing. */
export const syncRuns = pgTable(
  'sync_runs',
  {
    organisationId: uuid('organisation_id').notNull(),
    connectionId: uuid('connection_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    trigger: text('trigger').$type<RunTrigger>().notNull(),
    requestedById: uuid('requested_by_id'),
    requestedByName: text('requested_by_name'),
    state: text('state').$type<RunState>().notNull().default('queued'),
    phase: text('phase').$type<RunPhase>().notNull().default('starting'),
    counters: jsonb('counters').$type<RunCounters>().notNull().default({}),
    coverage: jsonb('coverage').$type<CoverageLine[]>().notNull().default([]),
    /** True when something that was asked for could not be read: the amber state. */
    gaps: boolean('gaps').notNull().default(false),
    calls: integer('calls').notNull().default(0),
    retries: integer('retries').notNull().default(0),
    problem: jsonb('problem').$type<AttemptProblem>(),
    gained: integer('gained').notNull().default(0),
    lost: integer('lost').notNull().default(0),
    people: integer('people').notNull().default(0),
    assignments: integer('assignments').notNull().default(0),
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
    requestedAt: at('requested_at').notNull().defaultNow(),
    startedAt: at('started_at'),
    heartbeatAt: at('heartbeat_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    uniqueIndex('sync_runs_one_open').on(t.organisationId, t.connectionId).where(sql`state in ('queued', 'running')`),
    index('sync_runs_history').on(t.organisationId, t.connectionId, t.requestedAt.desc(), t.id),
    check('sync_runs_state', oneOf('state', RUN_STATES)),
    check('sync_runs_trigger', oneOf('trigger', RUN_TRIGGERS)),
    check('sync_runs_phase', oneOf('phase', RUN_PHASES)),
  ],
)

/**
 * Whatever an assignment names, per organisation and tenant. `name`, `email` and the rest stay null when they were
 * never readable; `status` says what is known of a person now.
 */
export const principals = pgTable(
  'principals',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    tenantId: text('tenant_id').notNull(),
    id: text('id').notNull(),
    kind: text('kind').$type<PrincipalKind>().notNull(),
    name: text('name'),
    /** `mail`, else the user principal name. */
    email: text('email'),
    userPrincipalName: text('user_principal_name'),
    guest: boolean('guest').notNull().default(false),
    status: text('status').$type<PersonStatus>().notNull().default('unknown'),
    /** The first 200 characters of the lower-case name, else email, else id: what lists are ordered by. */
    sortName: text('sort_name').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.tenantId, t.id] }),
    index('principals_by_name').on(t.organisationId, t.sortName, t.id),
    check('principals_kind', oneOf('kind', PRINCIPAL_KINDS)),
    check('principals_status', oneOf('status', PERSON_STATUSES)),
    check('principals_id_lower', sql`id = lower(id)`),
  ],
)

export const roleDefinitions = pgTable(
  'role_definitions',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    tenantId: text('tenant_id').notNull(),
    /** The trailing GUID of Azure's id: the prefix differs by who is asked. */
    id: text('id').notNull(),
    /** Null when the definition could not be read. */
    name: text('name'),
    custom: boolean('custom').notNull().default(false),
    description: text('description'),
    privilege: text('privilege').$type<Privilege>(),
    /** `name` in lower case, else the id: what lists are ordered by. */
    sortName: text('sort_name').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.tenantId, t.id] }),
    check('role_definitions_privilege', sql.raw(`privilege is null or privilege in ('${PRIVILEGES.join("', '")}')`)),
  ],
)

/**
 * Role assignments that apply to a connection's subscription, as validity intervals: `valid_to is null` is current.
 * Only differences are written. Readers ask as of `connections.published_at`.
 */
export const assignments = pgTable(
  'assignments',
  {
    organisationId: uuid('organisation_id').notNull(),
    connectionId: uuid('connection_id').notNull(),
    /** Lower-case scope, a space, and the assignment's own GUID: the GUID alone is unique within its scope only. */
    key: text('key').notNull(),
    tenantId: text('tenant_id').notNull(),
    principalId: text('principal_id').notNull(),
    principalKind: text('principal_kind').$type<PrincipalKind>().notNull(),
    roleId: text('role_id').notNull(),
    /** As Azure spells it; compared in lower case through `key`. */
    scope: text('scope').notNull(),
    scopeLevel: text('scope_level').$type<ScopeLevel>().notNull(),
    condition: text('condition'),
    /** When and by whom Azure says it was made. */
    createdOn: at('created_on'),
    createdBy: text('created_by'),
    validFrom: at('valid_from').notNull(),
    validTo: at('valid_to'),
    fromRunId: uuid('from_run_id').notNull(),
    toRunId: uuid('to_run_id'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId, t.key, t.validFrom] }),
    foreignKey({
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    uniqueIndex('assignments_one_current').on(t.organisationId, t.connectionId, t.key).where(sql`valid_to is null`),
    index('assignments_by_principal').on(t.organisationId, t.tenantId, t.principalId),
    index('assignments_by_role').on(t.organisationId, t.connectionId, t.roleId),
    check('assignments_kind', oneOf('principal_kind', PRINCIPAL_KINDS)),
    check('assignments_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('assignments_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)
