import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
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
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  type DenyPrincipal,
  EMAIL_SOURCES,
  type EmailSource,
  GROUP_STATES,
  type GroupState,
  type Permission,
  PRINCIPAL_KINDS,
  PRINCIPAL_STATUSES,
  PRINCIPAL_VARIETIES,
  PRIVILEGES,
  type PrincipalKind,
  type PrincipalStatus,
  type PrincipalVariety,
  type Privilege,
  SCOPE_LEVELS,
  type ScopeLevel,
} from '@/lib/domain/vocabulary'
import { accounts } from './accounts'
import { at, oneOf } from './columns'
import { connections } from './connections'
import { organisations } from './organisations'

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
    /** The first 200 characters of the lower-case name, else email, else id: what lists are ordered by. */
    sortName: text('sort_name').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.tenantId, t.id] }),
    index('principals_by_name').on(t.organisationId, t.sortName, t.id),
    check('principals_kind', oneOf('kind', PRINCIPAL_KINDS)),
    check('principals_status', oneOf('status', PRINCIPAL_STATUSES)),
    check('principals_variety', sql`variety is null or ${oneOf('variety', PRINCIPAL_VARIETIES)}`),
    check('principals_email_source', sql`email_source is null or ${oneOf('email_source', EMAIL_SOURCES)}`),
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
    check('role_definitions_privilege', sql`privilege is null or ${oneOf('privilege', PRIVILEGES)}`),
  ],
)

/**
 * A place where Azure keeps access: the root, a management group, or a subscription with all that lies below it, as one account
 * can read it. Assignments, denials and holders belong to the node, however many subscriptions lie below it.
 */
export const nodes = pgTable(
  'nodes',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    accountId: uuid('account_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** In lower case: `/`, or the scope of the management group or the subscription. */
    scope: text('scope').notNull(),
    /** What was stored last, as digests: an equal one is not compared row by row. Null where holders have to be made anew. */
    digest: text('digest'),
    denialsDigest: text('denials_digest'),
    /** When anything that holders are made from changed last. */
    changedAt: at('changed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('nodes_one_per_scope').on(t.organisationId, t.accountId, t.scope),
    foreignKey({
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }).onDelete('cascade'),
    check('nodes_scope_lower', sql`scope = lower(scope)`),
  ],
)

const interval = () => ({ validFrom: at('valid_from').notNull(), validTo: at('valid_to') })

/** The nodes at which access to a connection's subscription is kept, the root first. */
export const connectionNodes = pgTable(
  'connection_nodes',
  {
    organisationId: uuid('organisation_id').notNull(),
    connectionId: uuid('connection_id').notNull(),
    nodeId: uuid('node_id').notNull(),
    place: integer('place').notNull(),
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.connectionId, t.nodeId, t.validFrom] }),
    foreignKey({
      columns: [t.organisationId, t.connectionId],
      foreignColumns: [connections.organisationId, connections.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.organisationId, t.nodeId],
      foreignColumns: [nodes.organisationId, nodes.id],
    }).onDelete('cascade'),
    uniqueIndex('connection_nodes_one_current')
      .on(t.organisationId, t.connectionId, t.nodeId)
      .where(sql`valid_to is null`),
    index('connection_nodes_by_node').on(t.organisationId, t.nodeId),
    check('connection_nodes_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * The columns of a table whose rows belong to a node, or to an account's directory, and of the time for which a row is valid.
 * The tables that grow with the members of groups have no foreign key, which PostgreSQL would check row by row: a trigger
 * (migration 0015) checks the rows of each statement at once, and deletes them with their node or account.
 */
const ofNode = () => ({ organisationId: uuid('organisation_id').notNull(), nodeId: uuid('node_id').notNull() })
const ofAccount = () => ({ organisationId: uuid('organisation_id').notNull(), accountId: uuid('account_id').notNull() })
const referencesNode = (t: { organisationId: AnyPgColumn; nodeId: AnyPgColumn }) =>
  foreignKey({
    columns: [t.organisationId, t.nodeId],
    foreignColumns: [nodes.organisationId, nodes.id],
  }).onDelete('cascade')
const referencesAccount = (t: { organisationId: AnyPgColumn; accountId: AnyPgColumn }) =>
  foreignKey({
    columns: [t.organisationId, t.accountId],
    foreignColumns: [accounts.organisationId, accounts.id],
  }).onDelete('cascade')

/**
 * Role assignments at a node, as validity intervals: `valid_to is null` is current. Only differences are written. Readers ask
 * as of `connections.published_at`.
 */
export const assignments = pgTable(
  'assignments',
  {
    ...ofNode(),
    /**
     * Lower-case scope, a space, and the assignment's own name: unique within its scope only. `eligible ` comes before it for
     * an eligibility; `delegated `, and after it the principal, the role and the kind, for a delegation of Azure Lighthouse.
     */
    key: text('key').notNull(),
    tenantId: text('tenant_id').notNull(),
    principalId: text('principal_id').notNull(),
    principalKind: text('principal_kind').$type<PrincipalKind>().notNull(),
    roleId: text('role_id').notNull(),
    /** As Azure spells it; compared in lower case through `key`. */
    scope: text('scope').notNull(),
    scopeLevel: text('scope_level').$type<ScopeLevel>().notNull(),
    kind: text('kind').$type<AssignmentKind>().notNull().default('active'),
    /** When an assignment made through PIM began and when it ends; both null for one assigned outright, without an end. */
    startsAt: at('starts_at'),
    endsAt: at('ends_at'),
    condition: text('condition'),
    /** When and by whom Azure says it was made. */
    createdOn: at('created_on'),
    createdBy: text('created_by'),
    /** When it was read last, if an earlier reading stands in for it in the current result. A change of it begins no interval. */
    readAt: at('read_at'),
    ...interval(),
    fromRunId: uuid('from_run_id').notNull(),
    toRunId: uuid('to_run_id'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.nodeId, t.key, t.validFrom] }),
    referencesNode(t),
    uniqueIndex('assignments_one_current').on(t.organisationId, t.nodeId, t.key).where(sql`valid_to is null`),
    index('assignments_by_principal').on(t.organisationId, t.principalId, t.nodeId),
    index('assignments_by_role').on(t.organisationId, t.nodeId, t.roleId),
    check('assignments_kind', oneOf('principal_kind', PRINCIPAL_KINDS)),
    check('assignments_held', oneOf('kind', ASSIGNMENT_KINDS)),
    check('assignments_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('assignments_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

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
    check('group_nesting_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Whom a node's own assignments reach, directly or through groups: one row each, with what a list shows of them. Derived from
 * the tables above whenever these change. The past is kept as long as a connection shows it. What somebody has in a
 * subscription is made of their rows at all of its nodes, by the rules of `lib/domain/holders.ts`.
 */
export const holders = pgTable(
  'holders',
  {
    ...ofNode(),
    tenantId: text('tenant_id').notNull(),
    principalId: text('principal_id').notNull(),
    kind: text('kind').$type<PrincipalKind>().notNull(),
    status: text('status').$type<PrincipalStatus>().notNull(),
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
    /** The strongest eligible role, and how strong it is. */
    eligibleRoleId: text('eligible_role_id'),
    eligibleStrongest: integer('eligible_strongest'),
    /** The place of the grant that is shown in the order of strength (`rankOfGrant`): of several nodes the least is shown. */
    rank: integer('rank').notNull(),
    /** Distinct roles at scopes, active and eligible counted apart; those of them held directly; those only eligible. */
    grants: integer('grants').notNull(),
    direct: integer('direct').notNull(),
    eligible: integer('eligible').notNull(),
    /** The groups that they come through, and the roles that are held and that are eligible. */
    groupIds: text('group_ids').array().notNull(),
    heldRoleIds: text('held_role_ids').array().notNull(),
    eligibleRoleIds: text('eligible_role_ids').array().notNull(),
    /** When the grant that is shown was read last, if it could not be read when this was written; else null. */
    unreadSince: at('unread_since'),
    /** One bit for each of the vocabulary's `SIGNALS`, before those of other nodes are counted in (`combineSignals`). */
    signals: integer('signals').notNull(),
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.principalId, t.nodeId, t.validFrom] }),
    uniqueIndex('holders_one_current').on(t.organisationId, t.nodeId, t.principalId).where(sql`valid_to is null`),
    index('holders_by_name').on(t.organisationId, t.nodeId, t.kind, t.sortName, t.principalId),
    check('holders_kind', oneOf('kind', PRINCIPAL_KINDS)),
    check('holders_status', oneOf('status', PRINCIPAL_STATUSES)),
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
    ...ofNode(),
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
    ...interval(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.nodeId, t.key, t.validFrom] }),
    referencesNode(t),
    uniqueIndex('deny_assignments_one_current').on(t.organisationId, t.nodeId, t.key).where(sql`valid_to is null`),
    check('deny_assignments_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('deny_assignments_interval', sql`valid_to is null or valid_to > valid_from`),
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
