import { sql } from 'drizzle-orm'
import {
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
import type { RunRequests } from '@/lib/domain/request-ledger'
import {
  type AttemptProblem,
  type CoverageLine,
  type GroupPlan,
  type RoleCount,
  RUN_PHASES,
  RUN_STATES,
  RUN_TRIGGERS,
  type RunCounters,
  type RunPhase,
  type RunState,
  type RunTrigger,
  type SignalCounts,
} from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'
import { connections } from './connections'

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
    signals: jsonb('signals').$type<SignalCounts>().notNull().default({}),
    roleCounts: jsonb('role_counts').$type<Record<string, RoleCount>>().notNull().default({}),
    calls: integer('calls').notNull().default(0),
    retries: integer('retries').notNull().default(0),
    /** What a published result was read from; null for runs of before this was written down. */
    requests: jsonb('requests').$type<RunRequests>(),
    problem: jsonb('problem').$type<AttemptProblem>(),
    gained: integer('gained').notNull().default(0),
    lost: integer('lost').notNull().default(0),
    /** People with access, directly or through groups; and everyone and everything else with access. */
    people: integer('people').notNull().default(0),
    others: integer('others').notNull().default(0),
    /** Of the people those who hold a role that Microsoft calls privileged; null for runs of before this was counted. */
    privileged: integer('privileged'),
    /** Of both those of whom nothing could be read now, so that an earlier reading stands in: counted in neither. */
    unread: integer('unread').notNull().default(0),
    assignments: integer('assignments').notNull().default(0),
    /** Those of them that count for Azure's limit of a subscription; null for runs of before this was counted. */
    ownAssignments: integer('own_assignments'),
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
    index('sync_runs_by_end').on(t.organisationId, t.finishedAt),
    // Which result a connection showed at a moment: the last one that was published until then.
    index('sync_runs_published').on(t.organisationId, t.connectionId, t.finishedAt).where(sql`state = 'succeeded'`),
    index('sync_runs_with_sums').on(t.finishedAt).where(sql`role_counts <> '{}' or signals <> '{}'`),
    check('sync_runs_state', oneOf('state', RUN_STATES)),
    check('sync_runs_trigger', oneOf('trigger', RUN_TRIGGERS)),
    check('sync_runs_phase', oneOf('phase', RUN_PHASES)),
  ],
)
