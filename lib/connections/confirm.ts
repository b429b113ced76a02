import { and, eq, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { connectAttempts, connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { allow, audit, NotFound } from '@/lib/actor'
import type { ProblemCode } from '@/lib/domain/problems'
import { sendSync } from '@/lib/runs/queue'
import { type OpenedRun, openRun } from '@/lib/runs/runs'
import {
  type AccountRow,
  findAccount,
  forgetUnusedSignIn,
  lockAccount,
  lockAccountsOf,
  resumeConnections,
} from './account'
import { type AttemptRow, findAttempt, whereOwnAttempt } from './attempts'
import { type Checked, checkAttempt } from './checks'
import { findConnection, whereConnection } from './connection'
import { storeSignIn } from './store-sign-in'
import { unseal } from './vault'

type ConfirmOptions = { alsoSubscriptionIds: string[]; acceptOtherAccount?: boolean }
type Confirmed =
  | { kind: 'connected'; connectionIds: string[] }
  | { kind: 'refused'; code: ProblemCode }
  | { kind: 'other_account'; previous: string; now: string }

/** A subscription that becomes a connection. */
type WantedSubscription = { subscriptionId: string; name: string; state: string }

/**
 * Makes connections of a checked attempt: one of the subscription that it was begun for, and one of each other that was
 * chosen with the same sign-in. It checks once more at Microsoft, then stores connections, sealed tokens and first runs
 * in one transaction. A second confirmation gives the same connections. Throws {@link NotFound}.
 *
 * It asks for no fresh sign-in to the portal, although it adds an account: the account was signed in at Microsoft for this
 * attempt, in this browser and within the half hour that an attempt lives. Microsoft decides whether it asks for credentials
 * then; what the account may read is what it would show to the same browser anyway.
 */
export async function confirmAttempt(
  actor: SessionActor,
  attemptId: string,
  { alsoSubscriptionIds, acceptOtherAccount = false }: ConfirmOptions,
): Promise<Confirmed> {
  allow(actor, 'connect')
  const db = await getDb(actor)
  const attempt = await findAttempt(db, actor, attemptId)
  if (!attempt) throw new NotFound('There is no such attempt.')
  if (attempt.confirmedAt) return { kind: 'connected', connectionIds: attempt.madeConnectionIds }
  if (attempt.expired) return { kind: 'refused', code: 'attempt_expired' }

  const change = await findOtherAccount(actor, attempt)
  if (change && !acceptOtherAccount) return change
  const checked = await checkAttempt(actor, attemptId)
  if (!checked.canConnect || !checked.subscription || !attempt.sealedCache) {
    return { kind: 'refused', code: checked.checks.find(({ state }) => state === 'failed')?.code ?? 'unknown' }
  }
  const wanted = chooseSubscriptions(attempt, checked, alsoSubscriptionIds)
  if (!wanted) return { kind: 'refused', code: 'subscription_of_other_tenant' }
  const { connectionIds, runs } = await storeConnections(actor, attemptId, wanted)
  for (const run of runs) await sendSync(run)
  return { kind: 'connected', connectionIds }
}

/** The names of both accounts when a reconnect was signed in with another account or tenant than before; else null. */
async function findOtherAccount(actor: Actor, attempt: AttemptRow): Promise<Confirmed | null> {
  if (!attempt.connectionId) return null
  const { accountId } = await findConnection(actor, attempt.connectionId)
  const before = await findAccount(actor, accountId)
  const same = before.objectId === attempt.accountObjectId && before.tenantId === attempt.accountTenantId
  return same ? null : { kind: 'other_account', previous: before.name, now: attempt.accountName ?? '' }
}

/** The subscription of the attempt and those chosen beside it; null when one of these belongs to another tenant. */
function chooseSubscriptions(
  attempt: AttemptRow,
  checked: Checked,
  alsoSubscriptionIds: string[],
): WantedSubscription[] | null {
  const also = new Set(alsoSubscriptionIds)
  const own = {
    subscriptionId: attempt.subscriptionId,
    name: checked.subscription?.name ?? '',
    state: checked.subscription?.state ?? '',
  }
  const others = checked.others.filter((other) => also.has(other.subscriptionId) && !other.connectedAs)
  return others.some(({ otherTenant }) => otherTenant !== null) ? null : [own, ...others]
}

async function storeConnections(
  actor: SessionActor,
  attemptId: string,
  wanted: WantedSubscription[],
): Promise<{ connectionIds: string[]; runs: OpenedRun[] }> {
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    const [locked] = await tx.select().from(connectAttempts).where(whereOwnAttempt(actor, attemptId)).for('update')
    if (!locked) throw new NotFound('There is no such attempt.')
    if (locked.confirmedAt || !locked.sealedCache) return { connectionIds: locked.madeConnectionIds, runs: [] }

    const cache = await unseal(locked.sealedCache, {
      organisationId: actor.organisationId,
      kind: 'attempt-cache',
      id: attemptId,
    })
    const { tenantId, accountObjectId, accountName, grantedScopes: granted } = locked
    if (!accountObjectId || !accountName) throw new Error('An attempt with tokens has an account.')
    const identity = { tenantId, objectId: accountObjectId }
    await lockAccountsOf(
      tx,
      actor,
      identity,
      wanted.map(({ subscriptionId }) => subscriptionId),
    )
    const account = await storeSignIn(
      tx,
      actor,
      { ...identity, name: accountName, granted, cache },
      { replaces: await isInUse(tx, actor, locked.connectionId) },
    )
    const made: { connectionId: string; run: OpenedRun | null }[] = []
    for (const one of wanted)
      made.push(await connectSubscription(tx, actor, { account, connectionId: locked.connectionId }, one))
    const resumed = await resumeConnections(tx, account, actor)
    const connectionIds = made.map(({ connectionId }) => connectionId)
    await tx
      .update(connectAttempts)
      .set({
        confirmedAt: sql`now()`,
        sealedCache: null,
        sealedLogin: null,
        stateHash: null,
        madeConnectionIds: connectionIds,
      })
      .where(whereOwnAttempt(actor, attemptId))
    return { connectionIds, runs: [...made.flatMap(({ run }) => run ?? []), ...resumed] }
  })
}

/** Whether this sign-in is to replace that of a connection which is in use. A disconnected one has none. */
async function isInUse(tx: Transaction, actor: Actor, connectionId: string | null): Promise<boolean> {
  return connectionId !== null && (await findConnection(actor, connectionId, tx)).state !== 'disconnected'
}

async function connectSubscription(
  tx: Transaction,
  actor: Actor,
  { account, connectionId }: { account: AccountRow; connectionId: string | null },
  wanted: WantedSubscription,
): Promise<{ connectionId: string; run: OpenedRun | null }> {
  const { organisationId } = actor
  const [existing] = await tx
    .select({
      id: connections.id,
      state: connections.state,
      label: connections.label,
      accountId: connections.accountId,
    })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.integration, 'azure'),
        eq(connections.subscriptionId, wanted.subscriptionId),
      ),
    )
    .for('update')
  if (existing?.state === 'deleting') throw new NotFound('The subscription is being deleted.')
  // Another administrator connected it while this one was at Microsoft: keep the connection that they made.
  if (existing && existing.state !== 'disconnected' && existing.id !== connectionId)
    return { connectionId: existing.id, run: null }

  const facts = {
    subscriptionName: wanted.name,
    subscriptionState: wanted.state,
    tenantId: account.tenantId,
    accountId: account.id,
    connectedById: actor.memberId,
    connectedByName: actor.name,
    state: 'active' as const,
    stateReason: null,
    failures: 0,
    nextSyncAt: null,
    disconnectedAt: null,
  }
  const [connection] = existing
    ? await tx
        .update(connections)
        .set(facts)
        .where(whereConnection(organisationId, existing.id))
        .returning({ id: connections.id })
    : await tx
        .insert(connections)
        .values({ ...facts, organisationId, subscriptionId: wanted.subscriptionId, label: wanted.name })
        .onConflictDoNothing()
        .returning({ id: connections.id })
  // Another administrator connected it between the two statements, so it is found now.
  if (!connection) return connectSubscription(tx, actor, { account, connectionId }, wanted)

  if (existing && existing.accountId !== account.id)
    await forgetUnusedSignIn(tx, await lockAccount(tx, actor, existing.accountId))
  // A running run still reads with the earlier sign-in. If it failed, the connection would wrongly ask for a reconnect.
  await tx
    .update(syncRuns)
    .set({ state: 'cancelled', finishedAt: sql`now()` })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, connection.id),
        eq(syncRuns.state, 'running'),
      ),
    )
  const run = await openRun(tx, {
    organisationId,
    connectionId: connection.id,
    trigger: existing ? 'reconnect' : 'connect',
    by: actor,
  })
  await audit(tx, actor, {
    action: existing ? 'connection.reconnected' : 'connection.connected',
    subject: existing?.label ?? wanted.name,
    details: {
      subscription: wanted.subscriptionId,
      account: account.name,
      tenant: account.tenantId,
      optional_permissions: account.optionalScopes.join(' '),
    },
  })
  return { connectionId: connection.id, run }
}
