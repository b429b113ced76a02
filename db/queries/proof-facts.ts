import { and, eq, ne, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments } from '@/db/schema/access'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { members } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import type { AssignmentKind } from '@/lib/domain/vocabulary'
import { inSnapshot, type Published, publishedOf, runOf, type Snapshot } from './snapshot'

export type ProofFacts = NonNullable<Awaited<ReturnType<typeof getProofFacts>>>

/**
 * What is known of where a published result comes from: the subscription, the run that published it with all that it read,
 * the account that it was read with, and how many assignments are stored of it. Null when nothing is published, or when the
 * connection is deleted or being deleted.
 */
export async function getProofFacts(actor: Actor, snapshot: Snapshot) {
  const published = publishedOf(snapshot)
  if (!published) return null
  const [facts, run, counts] = await Promise.all([
    readConnection(actor, published),
    readRun(actor, published),
    countAssignments(actor, published),
  ])
  return facts ? { ...facts, publishedAt: published.publishedAt, run, assignments: counts } : null
}

async function readConnection(actor: Actor, published: Published) {
  const db = await getDb(actor)
  const [found] = await db
    .select({
      connectionId: connections.id,
      label: connections.label,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      tenantId: connections.tenantId,
      account: {
        id: accounts.id,
        kind: accounts.kind,
        name: accounts.name,
        tenantId: accounts.tenantId,
        objectId: accounts.objectId,
        clientId: accounts.clientId,
        optionalScopes: accounts.optionalScopes,
      },
    })
    .from(connections)
    .innerJoin(
      accounts,
      and(eq(accounts.organisationId, connections.organisationId), eq(accounts.id, published.accountId)),
    )
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        eq(connections.id, published.id),
        ne(connections.state, 'deleting'),
      ),
    )
  return found ?? null
}

async function readRun(actor: Actor, published: Published) {
  const db = await getDb(actor)
  const [run] = await db
    .select({
      id: syncRuns.id,
      trigger: syncRuns.trigger,
      requestedByName: syncRuns.requestedByName,
      startedAt: syncRuns.startedAt,
      finishedAt: syncRuns.finishedAt,
      calls: syncRuns.calls,
      retries: syncRuns.retries,
      assignments: syncRuns.assignments,
      coverage: syncRuns.coverage,
      requests: syncRuns.requests,
    })
    .from(syncRuns)
    .where(runOf(actor, published))
    .limit(1)
  return run ?? null
}

/** The assignments of a result by how they are held, and those that Azure's limit for a subscription counts. */
async function countAssignments(actor: Actor, published: Published) {
  const db = await getDb(actor)
  const isCounted = sql`${assignments.scopeLevel} in ('subscription', 'resource_group', 'resource')
    and ${assignments.kind} <> 'eligible' and ${assignments.principalKind} <> 'delegate'`
  const counted = await db
    .select({
      kind: assignments.kind,
      stored: sql<number>`count(*)::int`,
      own: sql<number>`(count(*) filter (where ${isCounted}))::int`,
    })
    .from(assignments)
    .where(inSnapshot(assignments, actor, published))
    .groupBy(assignments.kind)
  const storedOf = (kind: AssignmentKind) => counted.find((one) => one.kind === kind)?.stored ?? 0
  return {
    active: storedOf('active'),
    activated: storedOf('activated'),
    eligible: storedOf('eligible'),
    own: counted.reduce((sum, { own }) => sum + own, 0),
  }
}

/** The address of a member, which tells who exported something better than a name does. */
export async function getMemberEmail(actor: Actor): Promise<string | null> {
  const db = await getDb(actor)
  const [member] = await db
    .select({ email: members.email })
    .from(members)
    .where(and(eq(members.organisationId, actor.organisationId), eq(members.id, actor.memberId)))
  return member?.email ?? null
}
