import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
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
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  type AttemptProblem,
  CONNECTION_STATES,
  type ConnectionState,
  type CoverageLine,
  type DenyPrincipal,
  GROUP_STATES,
  type GroupPlan,
  type GroupState,
  type ManagementGroup,
  MEMBER_ROLES,
  type MemberRole,
  PERSON_STATUSES,
  type Permission,
  type PersonStatus,
  PRINCIPAL_KINDS,
  PRINCIPAL_VARIETIES,
  PRIVILEGES,
  type PrincipalKind,
  type PrincipalVariety,
  type Privilege,
  type RoleCount,
  RUN_PHASES,
  RUN_STATES,
  RUN_TRIGGERS,
  type RunCounters,
  type RunPhase,
  type RunState,
  type RunTrigger,
  SCHEDULES,
  SCOPE_LEVELS,
  type Schedule,
  type ScopeLevel,
  SIGNALS,
  type Signal,
} from '@/lib/domain/vocabulary'

/** Milliseconds, as JavaScript has them, so that a time read and sent back still compares equal. */
const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

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
    /** What the account's tenant has granted beyond the base scopes, such as `GroupMember.Read.All`. */
    optionalScopes: jsonb('optional_scopes').$type<string[]>().notNull().default([]),
    /** The management groups above the subscription, the root first; null when they could not be read. */
    managementGroups: jsonb('management_groups').$type<ManagementGroup[]>(),
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
    plan: jsonb('plan').$type<GroupPlan>(),
    /** Of a published result: how many holders show each signal, and how many hold each role. */
    signals: jsonb('signals').$type<Partial<Record<Signal, number>>>().notNull().default({}),
    roleCounts: jsonb('role_counts').$type<Record<string, RoleCount>>().notNull().default({}),
    calls: integer('calls').notNull().default(0),
    retries: integer('retries').notNull().default(0),
    problem: jsonb('problem').$type<AttemptProblem>(),
    gained: integer('gained').notNull().default(0),
    lost: integer('lost').notNull().default(0),
    /** People with access, directly or through groups; and everyone and everything else with access. */
    people: integer('people').notNull().default(0),
    others: integer('others').notNull().default(0),
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
    status: text('status').$type<PersonStatus>().notNull().default('not_readable'),
    /** What kind of service principal it is, where that could be read. */
    variety: text('variety').$type<PrincipalVariety>(),
    lastSignInAt: at('last_sign_in_at'),
    /** The first 200 characters of the lower-case name, else email, else id: what lists are ordered by. */
    sortName: text('sort_name').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.tenantId, t.id] }),
    index('principals_by_name').on(t.organisationId, t.sortName, t.id),
    check('principals_kind', oneOf('kind', PRINCIPAL_KINDS)),
    check('principals_status', oneOf('status', PERSON_STATUSES)),
    check('principals_variety', sql.raw(`variety is null or variety in ('${PRINCIPAL_VARIETIES.join("', '")}')`)),
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
    /** Grants access, or writes to every kind of resource: what Azure calls a privileged administrator role. */
    privileged: boolean('privileged').notNull().default(false),
    /** A custom role that amounts to Owner. */
    ownerEquivalent: boolean('owner_equivalent').notNull().default(false),
    permissions: jsonb('permissions').$type<Permission[]>().notNull().default([]),
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
    /** Lower-case scope, a space, and the assignment's own name: unique within its scope only. `eligible ` comes before it for an eligibility. */
    key: text('key').notNull(),
    tenantId: text('tenant_id').notNull(),
    principalId: text('principal_id').notNull(),
    principalKind: text('principal_kind').$type<PrincipalKind>().notNull(),
    roleId: text('role_id').notNull(),
    /** As Azure spells it; compared in lower case through `key`. */
    scope: text('scope').notNull(),
    scopeLevel: text('scope_level').$type<ScopeLevel>().notNull(),
    kind: text('kind').$type<AssignmentKind>().notNull().default('active'),
    /** Of PIM: when it began and when it ends; both null for one that was assigned outright, without an end. */
    startsAt: at('starts_at'),
    endsAt: at('ends_at'),
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
    check('assignments_held', oneOf('kind', ASSIGNMENT_KINDS)),
    check('assignments_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('assignments_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * What belongs to one connection's published results, with the time it holds for. The tables that grow with the members
 * of groups have no foreign key to it, which would be looked up row by row: a trigger (migration 0002) checks each
 * statement's rows at once, and takes them away with their connection.
 */
const ofConnection = () => ({
  organisationId: uuid('organisation_id').notNull(),
  connectionId: uuid('connection_id').notNull(),
})
const valid = () => ({ validFrom: at('valid_from').notNull(), validTo: at('valid_to') })
const toConnection = (t: { organisationId: AnyPgColumn; connectionId: AnyPgColumn }) =>
  foreignKey({
    columns: [t.organisationId, t.connectionId],
    foreignColumns: [connections.organisationId, connections.id],
  }).onDelete('cascade')

/**
 * The groups a connection's access runs through: those that hold assignments or are named in denials, and the groups
 * inside them. Kept per connection, because what was read depends on whose consent it was read with.
 */
export const connectionGroups = pgTable(
  'connection_groups',
  {
    ...ofConnection(),
    groupId: text('group_id').notNull(),
    state: text('state').$type<GroupState>().notNull(),
    /** Members of its own, groups among them; and everyone and everything but groups at any depth. Null when not opened. */
    directMembers: integer('direct_members'),
    members: integer('members'),
    ...valid(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId, t.groupId, t.validFrom] }),
    toConnection(t),
    uniqueIndex('connection_groups_one_current')
      .on(t.organisationId, t.connectionId, t.groupId)
      .where(sql`valid_to is null`),
    check('connection_groups_state', oneOf('state', GROUP_STATES)),
    check('connection_groups_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Direct memberships, of people, other principals and groups in groups. Of a `flat` group: everyone in it, directly or not.
 */
export const groupMembers = pgTable(
  'group_members',
  {
    ...ofConnection(),
    groupId: text('group_id').notNull(),
    memberId: text('member_id').notNull(),
    memberKind: text('member_kind').$type<PrincipalKind>().notNull(),
    ...valid(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId, t.memberId, t.groupId, t.validFrom] }),
    uniqueIndex('group_members_one_current')
      .on(t.organisationId, t.connectionId, t.groupId, t.memberId)
      .where(sql`valid_to is null`),
    check('group_members_kind', oneOf('member_kind', PRINCIPAL_KINDS)),
    check('group_members_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Which groups lie inside a group that holds an assignment or is named in a denial, at any depth, itself included. With
 * the direct members this gives everyone below it, so that what is stored grows with the members of groups and not with
 * how deep they are nested, nor with how many assignments name them.
 */
export const groupNesting = pgTable(
  'group_nesting',
  {
    ...ofConnection(),
    groupId: text('group_id').notNull(),
    innerId: text('inner_id').notNull(),
    /** Groups between the two on the shortest way, 0 for the group itself. Null when only known to hold its members somehow. */
    depth: integer('depth'),
    ...valid(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId, t.innerId, t.groupId, t.validFrom] }),
    uniqueIndex('group_nesting_one_current')
      .on(t.organisationId, t.connectionId, t.groupId, t.innerId)
      .where(sql`valid_to is null`),
    check('group_nesting_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Whoever has access in a connection, directly or through groups: one row each, with what a list shows of them. Derived
 * from the tables above at each publish; of the past only the last hours are kept.
 */
export const holders = pgTable(
  'holders',
  {
    ...ofConnection(),
    tenantId: text('tenant_id').notNull(),
    principalId: text('principal_id').notNull(),
    kind: text('kind').$type<PrincipalKind>().notNull(),
    status: text('status').$type<PersonStatus>().notNull(),
    guest: boolean('guest').notNull(),
    sortName: text('sort_name').notNull(),
    /** The strongest role held now (or, when nothing is held, eligible): 1 for one that grants access to 5 for one that reads; 6 when unreadable. */
    strongest: integer('strongest').notNull(),
    roleId: text('role_id').notNull(),
    scope: text('scope').notNull(),
    scopeLevel: text('scope_level').$type<ScopeLevel>().notNull(),
    assignmentKind: text('assignment_kind').$type<AssignmentKind>().notNull(),
    /** The group it is held through; null when held directly. */
    groupId: text('group_id'),
    /** An eligible role stronger than anything held, and how strong it is. */
    eligibleRoleId: text('eligible_role_id'),
    eligibleStrongest: integer('eligible_strongest'),
    /** Distinct roles at scopes, active and eligible counted apart; those held directly; those eligible only; groups they run through. */
    grants: integer('grants').notNull(),
    direct: integer('direct').notNull(),
    eligible: integer('eligible').notNull(),
    groups: integer('groups').notNull(),
    /** One bit for each of {@link SIGNALS}. */
    signals: integer('signals').notNull(),
    ...valid(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.principalId, t.connectionId, t.validFrom] }),
    uniqueIndex('holders_one_current').on(t.organisationId, t.connectionId, t.principalId).where(sql`valid_to is null`),
    index('holders_by_name').on(t.organisationId, t.connectionId, t.kind, t.sortName, t.principalId),
    check('holders_kind', oneOf('kind', PRINCIPAL_KINDS)),
    check('holders_status', oneOf('status', PERSON_STATUSES)),
    check('holders_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('holders_assignment_kind', oneOf('assignment_kind', ASSIGNMENT_KINDS)),
    check('holders_strongest', sql`strongest between 1 and 6`),
    check('holders_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/** Deny assignments that apply at, above or below the subscription. */
export const denyAssignments = pgTable(
  'deny_assignments',
  {
    ...ofConnection(),
    /** Lower-case scope, a space, and its own GUID. */
    key: text('key').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    scope: text('scope').notNull(),
    scopeLevel: text('scope_level').$type<ScopeLevel>().notNull(),
    permissions: jsonb('permissions').$type<Permission[]>().notNull(),
    principals: jsonb('principals').$type<DenyPrincipal[]>().notNull(),
    excluded: jsonb('excluded').$type<DenyPrincipal[]>().notNull(),
    sparesChildren: boolean('spares_children').notNull(),
    systemProtected: boolean('system_protected').notNull(),
    ...valid(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId, t.key, t.validFrom] }),
    toConnection(t),
    uniqueIndex('deny_assignments_one_current')
      .on(t.organisationId, t.connectionId, t.key)
      .where(sql`valid_to is null`),
    check('deny_assignments_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('deny_assignments_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)
