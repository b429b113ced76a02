import {
  bigserial,
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
import { AUDIT_KINDS, type AuditKind, MEMBER_ROLES, type MemberRole } from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'

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

/**
 * What was done, by whom, from where, to what. Names are copied as they were, so that the line outlives what it is about.
 * A trigger (migration 0008) refuses to change or delete a line while its organisation is there.
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
