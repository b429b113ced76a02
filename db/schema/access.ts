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
  type NodeList,
  type Permission,
  PRINCIPAL_KINDS,
  PRINCIPAL_STATUSES,
  PRIVILEGES,
  type PrincipalKind,
  type PrincipalStatus,
  type Privilege,
  SCOPE_LEVELS,
  type ScopeLevel,
} from '@/lib/domain/vocabulary'
import { accounts } from './accounts'
import { at, interval, oneOf, pastIntervals } from './columns'
import { connections } from './connections'
import { organisations } from './organisations'

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
    /**
     * What was stored last, as digests: an equal one is not compared row by row. That of the assignments has two parts: their rows,
     * and what their roles amount to. Null where holders have to be made anew.
     */
    digest: text('digest'),
    denialsDigest: text('denials_digest'),
    /** The lists that were refused whenever the node was read, so that nothing was ever known of them: see `NodeList`. */
    neverRead: text('never_read').array().$type<NodeList[]>().notNull().default([]),
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
    pastIntervals('connection_nodes', t),
    check('connection_nodes_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/** The columns of a table whose rows belong to a node. */
const ofNode = () => ({ organisationId: uuid('organisation_id').notNull(), nodeId: uuid('node_id').notNull() })
const referencesNode = (t: { organisationId: AnyPgColumn; nodeId: AnyPgColumn }) =>
  foreignKey({
    columns: [t.organisationId, t.nodeId],
    foreignColumns: [nodes.organisationId, nodes.id],
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
    // The groups that access runs through: a few of very many assignments, asked for with each publish.
    index('assignments_of_groups')
      .on(t.organisationId, t.nodeId, t.principalId)
      .where(sql`valid_to is null and principal_kind = 'group'`),
    index('assignments_by_role').on(t.organisationId, t.nodeId, t.roleId),
    check('assignments_kind', oneOf('principal_kind', PRINCIPAL_KINDS)),
    check('assignments_held', oneOf('kind', ASSIGNMENT_KINDS)),
    check('assignments_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    pastIntervals('assignments', t),
    check('assignments_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/**
 * Whom a node's own assignments reach, directly or through groups: one row each, with what a list shows of them. Derived from
 * assignments and groups whenever these change, and kept like them once they are past. What somebody has in a subscription is made of their rows at all of its nodes, by the rules of `lib/domain/combined-holders.ts`.
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
    // The other orders of a list and its filters. They end before the name on purpose: rows of the same value share one entry, so
    // that these cost a publish little, and a page reads a value that few have whole and one that many have by name.
    index('holders_by_role').on(t.organisationId, t.nodeId, t.kind, t.strongest, t.roleId),
    index('holders_by_scope').on(t.organisationId, t.nodeId, t.kind, t.scopeLevel, t.scope),
    index('holders_by_status').on(t.organisationId, t.nodeId, t.kind, t.status).where(sql`status <> 'active'`),
    index('holders_by_signals').on(t.organisationId, t.nodeId, t.kind, t.signals).where(sql`signals > 0`),
    index('holders_of_guests').on(t.organisationId, t.nodeId, t.kind).where(sql`guest`),
    pastIntervals('holders', t),
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
    pastIntervals('deny_assignments', t),
    check('deny_assignments_interval', sql`valid_to is null or valid_to > valid_from`),
  ],
)
