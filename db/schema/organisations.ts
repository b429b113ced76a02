import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { DEFAULT_HISTORY_LENGTH } from '@/lib/domain/retention'
import {
  AUDIT_KINDS,
  type AuditKind,
  HISTORY_LENGTHS,
  type HistoryLength,
  JOIN_DOUBTS,
  JOIN_RULES,
  JOIN_WAYS,
  type JoinDoubt,
  type JoinRule,
  type JoinWay,
  MEMBER_ROLES,
  MEMBER_STATES,
  type MemberRole,
  type MemberState,
} from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'

export const organisations = pgTable(
  'organisations',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    tenantId: text('tenant_id').notNull().unique(),
    name: text('name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** Who of the tenant becomes a member by signing in, after the first one, who owns the organisation. */
    joinRule: text('join_rule').$type<JoinRule>().notNull().default('approval'),
    /** With the rule `groups`: the object IDs of the groups and the values of the app roles whose holders become members. */
    joinNamed: text('join_named').array().notNull().default([]),
    /** For how long history is kept. */
    historyKept: text('history_kept').$type<HistoryLength>().notNull().default(DEFAULT_HISTORY_LENGTH),
    /** The horizon: what was before it may be deleted and can be asked no longer. Null until there is one; it never moves back. */
    historyPrunedTo: at('history_pruned_to'),
    /** The length that was set when the horizon was moved to where it is. */
    historyPrunedAfter: text('history_pruned_after').$type<HistoryLength>(),
    /** Whether rows from before the horizon may still be there, which a worker deletes. */
    historyPruning: boolean('history_pruning').notNull().default(false),
  },
  () => [
    check('organisations_join_rule', oneOf('join_rule', JOIN_RULES)),
    check('organisations_join_named', sql`(join_rule = 'groups') = (cardinality(join_named) > 0)`),
    check('organisations_history_kept', oneOf('history_kept', HISTORY_LENGTHS)),
    check('organisations_history_pruned_after', oneOf('history_pruned_after', HISTORY_LENGTHS)),
    check('organisations_horizon', sql`(history_pruned_to is null) = (history_pruned_after is null)`),
    check('organisations_pruning', sql`history_pruned_to is not null or not history_pruning`),
  ],
)

/**
 * A trigger (migration 0001) keeps an owner in every organisation, from its first member on. The row of a member who was
 * removed stays, so that their next sign-in is refused. Such a row has the least role, so that trigger and table agree on
 * who is an owner. So has that of somebody who waits to be let in.
 */
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
    /** When the visit ended that was before the present one; null as long as there was none. */
    previousVisitAt: at('previous_visit_at'),
    state: text('state').$type<MemberState>().notNull().default('active'),
    /** Null for the first member, who owns the organisation, for those of before this was written down, and until somebody is a member. */
    joinedBy: text('joined_by').$type<JoinWay>(),
    /** Why the rule did not admit them when they last tried to sign in; null when it did, or was not asked. */
    joinDoubt: text('join_doubt').$type<JoinDoubt>(),
    removedAt: at('removed_at'),
    removedByName: text('removed_by_name'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('members_one_per_account').on(t.organisationId, t.objectId),
    // For the foreign key by which only an active member has sessions.
    unique('members_by_state').on(t.organisationId, t.id, t.state),
    check('members_role', oneOf('role', MEMBER_ROLES)),
    check('members_state', oneOf('state', MEMBER_STATES)),
    check('members_joined_by', oneOf('joined_by', JOIN_WAYS)),
    check('members_join_doubt', oneOf('join_doubt', JOIN_DOUBTS)),
    check('members_no_doubt_of_removed', sql`state <> 'removed' or join_doubt is null`),
    check('members_removed', sql`state = 'active' or role = 'viewer'`),
    check('members_removed_at', sql`(state = 'removed') = (removed_at is not null)`),
  ],
)

/**
 * A portal session; deleting the row signs the browser out at once. The cookie holds a random token, of which only the hash is
 * stored, so that a copy of this table opens no session.
 */
export const memberSessions = pgTable(
  'member_sessions',
  {
    organisationId: uuid('organisation_id').notNull(),
    memberId: uuid('member_id').notNull(),
    /** Always `active`: with the foreign key below, a member who was removed can have no session. */
    memberState: text('member_state').$type<'active'>().notNull().default('active'),
    id: uuid('id').notNull().defaultRandom(),
    /** SHA-256 of the token in the cookie, in base64url. */
    tokenHash: text('token_hash').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    /** When the person last gave their credentials to Microsoft; null when Microsoft did not say. */
    authenticatedAt: at('authenticated_at'),
    /** The browser in words, such as "Firefox on Windows". */
    browser: text('browser').notNull(),
    /** The address from which the person signed in; null when it is not known. */
    clientAddress: text('client_address'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    // The hash comes first, for tokens that were made before they named their organisation.
    unique('member_sessions_one_per_token').on(t.tokenHash, t.organisationId),
    foreignKey({
      name: 'member_sessions_of_a_member',
      columns: [t.organisationId, t.memberId, t.memberState],
      foreignColumns: [members.organisationId, members.id, members.state],
    }).onDelete('cascade'),
    // For the foreign key of connect attempts, and to find the sessions of a member.
    unique('member_sessions_by_member').on(t.organisationId, t.memberId, t.id),
    check('member_sessions_of_active_members', sql`member_state = 'active'`),
  ],
)

/**
 * What was done, by whom, from where, to what. Names are copied as they were, so that the line outlives what it is about.
 * A trigger (migration 0009) refuses to change or delete a line while its organisation is there.
 */
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
    kind: text('kind').$type<AuditKind>().notNull().default('change'),
    subject: text('subject').notNull(),
    details: jsonb('details').$type<Record<string, string | number | boolean | null>>().notNull().default({}),
    clientAddress: text('client_address'),
    /** The correlation id of the request, which its lines of the log have too. */
    requestId: uuid('request_id'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.seq] }),
    index('audit_events_by_kind').on(t.organisationId, t.kind, t.seq),
    // Whether the same refusal was written down a moment ago.
    index('audit_events_by_member').on(t.organisationId, t.memberId, t.at),
    check('audit_events_kind', oneOf('kind', AUDIT_KINDS)),
  ],
)
