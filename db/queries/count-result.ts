import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { idRanges } from '@/db/id-ranges'
import { assignments, holders, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { groupNesting, groupOwners } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { isAnyOf } from '@/db/text-array'
import { bitOf } from '@/lib/domain/combined-holders'
import { type RoleCount, SIGNALS, type SignalCounts } from '@/lib/domain/vocabulary'
import { inSnapshot, type Published, runOf, toConnection, toRole } from './snapshot'
import { subscriptionHolders } from './subscription-holders'

/** What a result adds up to: see the columns of `sync_runs`. */
export type ResultCounts = {
  people: number
  others: number
  unread: number
  /** Of the people; null where it was not counted yet. */
  privileged: number | null
  /** Role assignments at the subscription and below it, active or activated: what Azure's limit of 4,000 counts. Null where it was not counted yet. */
  ownAssignments: number | null
  signals: SignalCounts
  roleCounts: Record<string, RoleCount>
}

type Counted = {
  organisationId: string
  tenantId: string
  published: Published
  /** An estimate of how many have access, if there is one. Many of them are counted in several statements. */
  about?: number
}

/** Those of the counted whom one statement counts. */
type Part = Counted & { of: SQL | undefined }

const COUNTED_AT_ONCE = 10_000

/** Counts those who have access in a result that is about to be published, or that was published once. */
export async function countResult(db: Database | Transaction, counted: Counted): Promise<ResultCounts> {
  const sums: ResultCounts & { privileged: number } = {
    ...{ people: 0, others: 0, unread: 0, privileged: 0, ownAssignments: await countOwnAssignments(db, counted) },
    ...{ signals: {}, roleCounts: {} },
  }
  for (const of of idRanges(holders.principalId, counted.about ?? 0, COUNTED_AT_ONCE)) {
    const part = { ...counted, of }
    const { people, others, unread, signals } = await countHolders(db, part)
    sums.people += people
    sums.others += others
    sums.unread += unread
    sums.privileged += await countPrivileged(db, part)
    for (const signal of SIGNALS) {
      const more = signals[signal]
      if (more) sums.signals[signal] = addUp(sums.signals[signal], more)
    }
    for (const [id, more] of Object.entries(await countRoles(db, part)))
      sums.roleCounts[id] = addUp(sums.roleCounts[id], more)
  }
  const owners = await countOwners(db, counted)
  if (owners.people + owners.others > 0) sums.signals.adds_members = owners
  return sums
}

const addUp = <Sums extends Record<string, number>>(one: Sums | undefined, more: Sums): Sums =>
  one
    ? (Object.fromEntries(Object.entries(more).map(([name, count]) => [name, (one[name] ?? 0) + count])) as Sums)
    : more

/**
 * What a published result adds up to. It was counted when it was published. Of a result of the past the sums are kept for some
 * hours only (`RUN_SUMS_HOURS`), and are counted anew from its holders then. Null for a result without a run.
 */
export async function getResultCounts(actor: Actor, published: Published): Promise<ResultCounts | null> {
  const db = await getDb(actor)
  const [run] = await db
    .select({
      people: syncRuns.people,
      others: syncRuns.others,
      unread: syncRuns.unread,
      privileged: syncRuns.privileged,
      ownAssignments: syncRuns.ownAssignments,
      signals: syncRuns.signals,
      roleCounts: syncRuns.roleCounts,
      tenantId: connections.tenantId,
    })
    .from(syncRuns)
    .innerJoin(connections, toConnection(syncRuns))
    .where(runOf(actor, published))
    .limit(1)
  if (!run) return null
  const { tenantId, ...counts } = run
  const isKept = Object.keys(counts.roleCounts).length > 0 || counts.people + counts.others + counts.unread === 0
  if (isKept)
    return {
      ...counts,
      ownAssignments: counts.ownAssignments ?? (await countOwnAssignments(db, { ...actor, published })),
    }
  return countResult(db, { organisationId: actor.organisationId, tenantId, published })
}

/** What counts for Azure's limit: see {@link ResultCounts}. */
async function countOwnAssignments(
  db: Database | Transaction,
  { published, ...reader }: Pick<Counted, 'organisationId' | 'published'>,
): Promise<number> {
  const [counted] = await db
    .select({ assignments: sql<number>`count(*)::int` })
    .from(assignments)
    .where(
      and(
        inSnapshot(assignments, reader, published),
        inArray(assignments.scopeLevel, ['subscription', 'resource_group', 'resource']),
        ne(assignments.kind, 'eligible'),
        ne(assignments.principalKind, 'delegate'),
      ),
    )
  return counted?.assignments ?? 0
}

const NOT_READ = sql.raw(String(bitOf('not_read')))

const KindCount = z.object({ kind: z.string(), all: z.number(), seen: z.number(), shown: z.array(z.number()) })

async function countHolders(db: Database | Transaction, counted: Part) {
  const shown = SIGNALS.map(
    (signal) => sql`count(*) filter (where ${holders.signals} & ${sql.raw(String(bitOf(signal)))} <> 0)`,
  )
  const { rows } = await db.execute(sql`
    select ${holders.kind}, count(*)::int as all, (count(*) filter (where ${holders.signals} & ${NOT_READ} = 0))::int as seen,
      json_build_array(${sql.join(shown, sql`, `)}) as shown
    from ${subscriptionHolders(counted, counted.published, counted.of)} group by ${holders.kind}`)
  const kinds = z.array(KindCount).parse(rows)
  const sum = (of: (one: z.infer<typeof KindCount>) => number) => kinds.reduce((total, one) => total + of(one), 0)
  const signals: SignalCounts = {}
  for (const [bit, signal] of SIGNALS.entries()) {
    const people = sum(({ kind, shown }) => (kind === 'user' ? (shown[bit] ?? 0) : 0))
    const others = sum(({ kind, shown }) => (kind === 'user' ? 0 : (shown[bit] ?? 0)))
    if (people + others > 0) signals[signal] = { people, others }
  }
  return {
    people: sum(({ kind, seen }) => (kind === 'user' ? seen : 0)),
    others: sum(({ kind, seen }) => (kind === 'user' || kind === 'group' ? 0 : seen)),
    unread: sum(({ all, seen }) => all - seen),
    signals,
  }
}

/** People who hold a role that Microsoft calls privileged, and of whom something could be read now. */
async function countPrivileged(db: Database | Transaction, counted: Part): Promise<number> {
  const { organisationId, tenantId, published } = counted
  const { rows } = await db.execute<{ people: number }>(sql`
    select count(*)::int as people from (
      select from ${holders} where ${and(inSnapshot(holders, counted, published), counted.of)} and ${holders.kind} = 'user'
      group by ${holders.principalId}
      having bit_and(${holders.signals}) & ${NOT_READ} = 0 and bool_or(${holders.heldRoleIds} && array(select ${roleDefinitions.id} from ${roleDefinitions}
        where ${and(
          eq(roleDefinitions.organisationId, organisationId),
          eq(roleDefinitions.tenantId, tenantId),
          eq(roleDefinitions.privileged, true),
        )}))) as privileged`)
  return rows[0]?.people ?? 0
}

/**
 * Who owns, or can become owner of, a group through which a held or eligible role grants access: the group itself and every
 * group inside it, since whoever adds a member to one of these gives that member the role. The groups are asked for by their
 * ids, step by step: one statement for all of it is guessed wrong by the database, and takes minutes.
 */
async function countOwners(db: Database | Transaction, counted: Counted): Promise<{ people: number; others: number }> {
  const { organisationId, tenantId, published } = counted
  const granting = await db
    .selectDistinct({ id: assignments.principalId })
    .from(assignments)
    .innerJoin(roleDefinitions, toRole({ organisationId, tenantId }, assignments.roleId))
    .where(
      and(
        inSnapshot(assignments, counted, published),
        eq(assignments.principalKind, 'group'),
        eq(roleDefinitions.privilege, 'grants_access'),
      ),
    )
  if (granting.length === 0) return { people: 0, others: 0 }
  const inside = await db
    .selectDistinct({ id: groupNesting.innerId })
    .from(groupNesting)
    .where(
      and(
        inSnapshot(groupNesting, counted, published),
        isAnyOf(
          groupNesting.groupId,
          granting.map(({ id }) => id),
        ),
      ),
    )
  const owners = await db
    .select({ id: groupOwners.ownerId, kind: groupOwners.ownerKind })
    .from(groupOwners)
    .where(
      and(
        inSnapshot(groupOwners, counted, published),
        isAnyOf(
          groupOwners.groupId,
          inside.map(({ id }) => id),
        ),
      ),
    )
  const kinds = [...new Map(owners.map(({ id, kind }) => [id, kind])).values()]
  const people = kinds.filter((kind) => kind === 'user').length
  return { people, others: kinds.length - people }
}

const CountOfRole = z.object({
  id: z.string(),
  people: z.number(),
  others: z.number(),
  eligible: z.number(),
  eligibleOthers: z.number(),
})

/** A role that only a group holds is listed as well, although the group itself is not counted. */
async function countRoles(db: Database | Transaction, counted: Part): Promise<Record<string, RoleCount>> {
  const count = (condition: ReturnType<typeof sql>) => sql`(count(*) filter (where seen and ${condition}))::int`
  const { rows } = await db.execute(sql`
    select id, ${count(sql`held and kind = 'user'`)} as people, ${count(sql`held and kind not in ('user', 'group')`)} as others,
      ${count(sql`not held and kind = 'user'`)} as eligible,
      ${count(sql`not held and kind not in ('user', 'group')`)} as "eligibleOthers"
    from (
      select role.id, ${holders.principalId}, min(${holders.kind}) as kind, bool_or(role.held) as held,
        bool_and(${holders}.of_all & ${NOT_READ} = 0) as seen
      from (
        select *, bit_and(${holders.signals}) over (partition by ${holders.principalId}) as of_all from ${holders}
        where ${and(inSnapshot(holders, counted, counted.published), counted.of)}) as holders, lateral (
        select unnest(${holders.heldRoleIds}) as id, true as held
        union all select unnest(${holders.eligibleRoleIds}), false) as role
      group by role.id, ${holders.principalId}) as of_roles
    group by id`)
  return Object.fromEntries(
    z
      .array(CountOfRole)
      .parse(rows)
      .map(({ id, ...counts }) => [id, counts]),
  )
}
