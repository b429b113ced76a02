import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  CHANGE_CAUSES,
  CHANGE_TURNS,
  type ChangeCause,
  type ChangeDetail,
  type ChangeTurn,
  EFFECTS,
  type Effect,
  PRINCIPAL_KINDS,
  type PrincipalKind,
  SCOPE_LEVELS,
  type ScopeLevel,
} from '@/lib/domain/vocabulary'
import { nodes } from './access'
import { accounts } from './accounts'
import { at, oneOf } from './columns'

/**
 * What made access different between two readings, one row for each cause, however many people it reaches and however many
 * subscriptions inherit it. Whom it reaches is not stored: it follows from the validity intervals around `at`.
 */
export const changes = pgTable(
  'changes',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    accountId: uuid('account_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** When the result was published that saw it first: the rows that it began or ended carry this very time. */
    at: at('at').notNull(),
    /** When the connection that saw it was read before, less the minutes for which readings are shared: it happened after that. */
    after: at('after'),
    runId: uuid('run_id').notNull(),
    cause: text('cause').$type<ChangeCause>().notNull(),
    turn: text('turn').$type<ChangeTurn>().notNull(),
    /** Of an assignment and the like: where it is kept and its key. Of a subscription that was moved: null. */
    nodeId: uuid('node_id'),
    key: text('key'),
    /** Whom an assignment names; who became or was a member; whose account was disabled, say. */
    principalId: text('principal_id'),
    principalKind: text('principal_kind').$type<PrincipalKind>(),
    /** The group that somebody became a member of, or that can be read from now on. */
    groupId: text('group_id'),
    roleId: text('role_id'),
    scope: text('scope'),
    scopeLevel: text('scope_level').$type<ScopeLevel>(),
    kind: text('kind').$type<AssignmentKind>(),
    /** The connection whose subscription was moved: nobody else sees the change. */
    connectionId: uuid('connection_id'),
    detail: jsonb('detail').$type<ChangeDetail>().notNull().default({}),
    /** Who did it and when, as far as Azure tells: the id of a principal, or else only a name. */
    byId: text('by_id'),
    byName: text('by_name'),
    byAt: at('by_at'),
    /** When Microsoft's logs were last asked who did it. */
    askedAt: at('asked_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }).onDelete('cascade'),
    index('changes_by_time').on(t.organisationId, t.at),
    // The time line of a person or a group: a few of very many changes.
    index('changes_of_principal').on(t.organisationId, t.principalId, t.at).where(sql`principal_id is not null`),
    index('changes_of_group').on(t.organisationId, t.groupId, t.at).where(sql`group_id is not null`),
    check('changes_cause', oneOf('cause', CHANGE_CAUSES)),
    check('changes_turn', oneOf('turn', CHANGE_TURNS)),
    check('changes_principal_kind', sql`principal_kind is null or ${oneOf('principal_kind', PRINCIPAL_KINDS)}`),
    check('changes_scope_level', sql`scope_level is null or ${oneOf('scope_level', SCOPE_LEVELS)}`),
    check('changes_kind', sql`kind is null or ${oneOf('kind', ASSIGNMENT_KINDS)}`),
  ],
)

/** What a change did at one node: how many gained or lost what they had not had, or have no more, in any other way. */
export const changeEffects = pgTable(
  'change_effects',
  {
    organisationId: uuid('organisation_id').notNull(),
    nodeId: uuid('node_id').notNull(),
    changeId: uuid('change_id').notNull(),
    effect: text('effect').$type<Effect>().notNull(),
    /** The time of the change: lists are paged by it. */
    at: at('at').notNull(),
    /** People, and everyone and everything else, groups not counted; and how many (principal, role, scope) these are together. */
    people: integer('people').notNull(),
    others: integer('others').notNull(),
    /** Whom it reaches, where that is a single principal; null for several, for none, and for what was recorded before this was kept. */
    soleId: text('sole_id'),
    grants: integer('grants').notNull(),
    /** The strongest of them: what a list shows. `strongest` is 1 for a role that grants access to 5 for one that reads, 6 when unreadable. */
    strongest: integer('strongest').notNull(),
    privileged: boolean('privileged').notNull(),
    roleId: text('role_id').notNull(),
    scope: text('scope').notNull(),
    scopeLevel: text('scope_level').$type<ScopeLevel>().notNull(),
    eligible: boolean('eligible').notNull(),
    /** All of the roles, to filter by. */
    roleIds: text('role_ids').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.nodeId, t.changeId, t.effect] }),
    foreignKey({
      columns: [t.organisationId, t.nodeId],
      foreignColumns: [nodes.organisationId, nodes.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.organisationId, t.changeId],
      foreignColumns: [changes.organisationId, changes.id],
    }).onDelete('cascade'),
    index('change_effects_latest').on(t.organisationId, t.at, t.changeId),
    index('change_effects_by_time').on(t.organisationId, t.nodeId, t.at, t.changeId),
    index('change_effects_of_change').on(t.organisationId, t.changeId),
    check('change_effects_effect', oneOf('effect', EFFECTS)),
    check('change_effects_scope_level', oneOf('scope_level', SCOPE_LEVELS)),
    check('change_effects_strongest', sql`strongest between 1 and 6`),
    check('change_effects_sole', sql`sole_id is null or people + others = 1`),
  ],
)
