import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { GroupList } from '@/lib/domain/access'
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  EMAIL_SOURCES,
  type EmailSource,
  GROUP_STATES,
  type GroupState,
  PRINCIPAL_KINDS,
  PRINCIPAL_STATUSES,
  PRINCIPAL_VARIETIES,
  type PrincipalKind,
  type PrincipalStatus,
  type PrincipalVariety,
} from '@/lib/domain/vocabulary'
import { accounts } from './accounts'
import { at, bytes, interval, oneOf, pastIntervals } from './columns'
import { organisations } from './organisations'

/** Characters that lists are ordered by: an index row has room for some 2,700 bytes, and a cursor should stay short. */
export const [SORT_NAME_LENGTH, SORT_EMAIL_LENGTH] = [200, 120]

/**
 * Everyone and everything that an assignment, a group or a denial names, per organisation and tenant. `name`, `email` and
 * the rest stay null when they could never be read; `status` says what is known of a person now.
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
    /** Where a person can be reached, and what that was taken from. */
    email: text('email'),
    emailSource: text('email_source').$type<EmailSource>(),
    userPrincipalName: text('user_principal_name'),
    guest: boolean('guest').notNull().default(false),
    status: text('status').$type<PrincipalStatus>().notNull().default('not_readable'),
    /** The kind of service principal, where that could be read. */
    variety: text('variety').$type<PrincipalVariety>(),
    lastSignInAt: at('last_sign_in_at'),
    /** Since when, in look-ups one after another, the directory has not known it; null when it does. */
    missingSince: at('missing_since'),
    /** The tenant that a delegate of Azure Lighthouse belongs to, by name or by id. */
    organisation: text('organisation'),
    /** When the reading began from which the row was changed last: an earlier one that is published later does not undo it. */
    readAt: at('read_at'),
    /** The first 200 characters of the lower-case name, else email, else id: what lists are ordered by. */
    sortName: text('sort_name').notNull(),
    /** The first 120 characters of the lower-case email, empty without one: what lists are ordered by when that is asked for. */
    sortEmail: text('sort_email').notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.tenantId, t.id] }),
    index('principals_by_email').on(t.organisationId, t.sortEmail, t.sortName, t.id),
    index('principals_by_name').on(t.organisationId, t.sortName, t.id),
    check('principals_kind', oneOf('kind', PRINCIPAL_KINDS)),
    check('principals_status', oneOf('status', PRINCIPAL_STATUSES)),
    check('principals_variety', sql`variety is null or ${oneOf('variety', PRINCIPAL_VARIETIES)}`),
    check('principals_email_source', sql`email_source is null or ${oneOf('email_source', EMAIL_SOURCES)}`),
    check('principals_id_lower', sql`id = lower(id)`),
  ],
)

/**
 * The columns of a table whose rows belong to the directory as one account reads it. The tables that grow with the members of
 * groups have no foreign key, which PostgreSQL would check row by row: a trigger (migration 0015) checks the rows of each
 * statement at once, and deletes them with their account. So it is with `holders` and their node.
 */
const ofAccount = () => ({ organisationId: uuid('organisation_id').notNull(), accountId: uuid('account_id').notNull() })
const referencesAccount = (t: { organisationId: AnyPgColumn; accountId: AnyPgColumn }) =>
  foreignKey({
    columns: [t.organisationId, t.accountId],
    foreignColumns: [accounts.organisationId, accounts.id],
  }).onDelete('cascade')

/**
 * The groups that access runs through: those that hold assignments or are named in denials, and the groups inside them. Kept
 * per account, because what was read depends on whose consent it was read with, and once for all of its connections.
 */
export const directoryGroups = pgTable(
  'directory_groups',
  {
    ...ofAccount(),
    groupId: text('group_id').notNull(),
    state: text('state').$type<GroupState>().notNull(),
    /** Members of its own, groups among them; and everyone and everything but groups at any depth. Null when not opened. */
    directMembers: integer('direct_members'),
    members: integer('members'),
    /**
     * When the members, service principals, eligible members and owners were read last, if an earlier reading stood in for
     * them when this was written; else null. Kept here and not in each membership, which goes on unread as it was.
     */
    readAt: at('read_at'),
    servicesReadAt: at('services_read_at'),
    eligibleReadAt: at('eligible_read_at'),
    ownersReadAt: at('owners_read_at'),
    /** The lists of it that could never be read: what is in them when they are read first was not necessarily added just then. */
    neverRead: text('never_read').array().$type<GroupList[]>().notNull().default([]),
    /** The digest of the group with all of its lists: an equal one is not compared row by row. */
    digest: text('digest'),
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.groupId, t.validFrom] }),
    referencesAccount(t),
    uniqueIndex('directory_groups_one_current')
      .on(t.organisationId, t.accountId, t.groupId)
      .where(sql`valid_to is null`),
    check('directory_groups_state', oneOf('state', GROUP_STATES)),
    pastIntervals('directory_groups', t),
    check('directory_groups_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/** The ages of a group's lists, as a select takes them. */
export const GROUP_AGES = {
  members: directoryGroups.readAt,
  services: directoryGroups.servicesReadAt,
  eligible: directoryGroups.eligibleReadAt,
  owners: directoryGroups.ownersReadAt,
}

/**
 * Direct memberships, of people, other principals and groups in groups: those that hold, and those that can be activated.
 * Of a `flat` group: everyone in it, directly or not.
 */
export const groupMembers = pgTable(
  'group_members',
  {
    ...ofAccount(),
    groupId: text('group_id').notNull(),
    memberId: text('member_id').notNull(),
    memberKind: text('member_kind').$type<PrincipalKind>().notNull(),
    membership: text('membership').$type<AssignmentKind>().notNull().default('active'),
    /** When a membership made through PIM ends; null for none that ends, or none that was told. */
    endsAt: at('ends_at'),
    /** When it was read last, if its row alone could not be read in the current result. A change of it begins no interval. */
    readAt: at('read_at'),
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.memberId, t.groupId, t.membership, t.validFrom] }),
    uniqueIndex('group_members_one_current')
      .on(t.organisationId, t.accountId, t.groupId, t.memberId, t.membership)
      .where(sql`valid_to is null`),
    index('group_members_by_group').on(t.organisationId, t.accountId, t.groupId),
    check('group_members_kind', oneOf('member_kind', PRINCIPAL_KINDS)),
    check('group_members_membership', oneOf('membership', ASSIGNMENT_KINDS)),
    pastIntervals('group_members', t),
    check('group_members_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/** Who owns a group that access runs through, or can become its owner: whoever does decides who is in it. */
export const groupOwners = pgTable(
  'group_owners',
  {
    ...ofAccount(),
    groupId: text('group_id').notNull(),
    ownerId: text('owner_id').notNull(),
    ownerKind: text('owner_kind').$type<PrincipalKind>().notNull(),
    ownership: text('ownership').$type<AssignmentKind>().notNull(),
    endsAt: at('ends_at'),
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.ownerId, t.groupId, t.ownership, t.validFrom] }),
    referencesAccount(t),
    uniqueIndex('group_owners_one_current')
      .on(t.organisationId, t.accountId, t.groupId, t.ownerId, t.ownership)
      .where(sql`valid_to is null`),
    check('group_owners_kind', oneOf('owner_kind', PRINCIPAL_KINDS)),
    check('group_owners_ownership', oneOf('ownership', ASSIGNMENT_KINDS)),
    pastIntervals('group_owners', t),
    check('group_owners_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Which groups are inside a group that holds an assignment or is named in a denial, at any depth, itself included. With
 * the direct members this gives everyone below it, so that what is stored grows with the members of groups and not with
 * how deep they are nested, nor with how many assignments name them.
 */
export const groupNesting = pgTable(
  'group_nesting',
  {
    ...ofAccount(),
    groupId: text('group_id').notNull(),
    innerId: text('inner_id').notNull(),
    /** Steps from one group to the other on the shortest way, 0 for the group itself. Null for a flat group, whose members are known without their way. */
    depth: integer('depth'),
    /** The weakest kind of membership on the way from the outer group to the inner one. */
    membership: text('membership').$type<AssignmentKind>().notNull().default('active'),
    /** When the memberships of the way were read last, if that was before this was written; else null. */
    readAt: at('read_at'),
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.innerId, t.groupId, t.membership, t.validFrom] }),
    uniqueIndex('group_nesting_one_current')
      .on(t.organisationId, t.accountId, t.groupId, t.innerId, t.membership)
      .where(sql`valid_to is null`),
    check('group_nesting_membership', oneOf('membership', ASSIGNMENT_KINDS)),
    pastIntervals('group_nesting', t),
    check('group_nesting_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Which groups a reading of an account's directory was about, and when it began. A reading that began earlier and is stored later
 * leaves these groups alone. Kept until a later reading was about all of them.
 */
export const directoryReadings = pgTable(
  'directory_readings',
  {
    ...ofAccount(),
    id: uuid('id').notNull(),
    beganAt: at('began_at').notNull(),
    storedAt: at('stored_at').notNull(),
    groupIds: jsonb('group_ids').$type<string[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.accountId, t.id] }), referencesAccount(t)],
)

/**
 * What workers share of an account's directory: a reading of the last minutes, packed, which saves them the same one; and at the
 * newest of those that know it, what earlier readings have listed, which saves the next one to list it again. These are copies, and
 * nothing is shown from them.
 */
export const sharedReadings = pgTable(
  'shared_readings',
  {
    ...ofAccount(),
    id: uuid('id').notNull(),
    /** The sign-in and the permissions that it was read with: with others one is shown more, or less. */
    signIns: integer('sign_ins').notNull(),
    granted: text('granted').notNull(),
    beganAt: at('began_at').notNull(),
    content: bytes('content').notNull(),
    remembered: bytes('remembered'),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.accountId, t.id] }), referencesAccount(t)],
)

/** The run whose worker reads an account's directory now, while others wait. A claim ends with that run, and with its fence. */
export const directoryClaims = pgTable(
  'directory_claims',
  {
    ...ofAccount(),
    runId: uuid('run_id').notNull(),
    fence: bigint('fence', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.accountId] }), referencesAccount(t)],
)
