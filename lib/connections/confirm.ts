import { sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { connectAttempts } from '@/db/schema/connections'
import { allow, NotFound } from '@/lib/actor'
import type { ProblemCode } from '@/lib/domain/problems'
import { sendSync } from '@/lib/runs/queue'
import type { OpenedRun } from '@/lib/runs/runs'
import { type AccountRow, findAccount, lockAccount, lockAccountsOf, resumeConnections } from './account'
import { type AttemptRow, findAttempt, whereOwnAttempt } from './attempts'
import { type Checked, checkAttempt } from './checks'
import { connectSubscription, type WantedSubscription } from './connect-subscription'
import { findConnection } from './connection'
import { storeSignIn } from './store-sign-in'
import { unseal } from './vault'

type ConfirmOptions = { alsoSubscriptionIds: string[]; acceptOtherAccount?: boolean }
type Confirmed =
  | { kind: 'connected'; connectionIds: string[] }
  | { kind: 'refused'; code: ProblemCode }
  | { kind: 'other_account'; previous: string; now: string }

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
  if (!checked.canConnect || !checked.subscription || !isSignedIn(attempt)) {
    return { kind: 'refused', code: checked.checks.find(({ state }) => state === 'failed')?.code ?? 'unknown' }
  }
  const wanted = chooseSubscriptions(attempt, checked, alsoSubscriptionIds)
  if (!wanted) return { kind: 'refused', code: 'subscription_of_other_tenant' }
  const { connectionIds, runs } = await storeConnections(actor, attemptId, wanted)
  for (const run of runs) await sendSync(run)
  return { kind: 'connected', connectionIds }
}

/** Whether there is a sign-in to connect with: one of its own, or that of an account that was chosen. */
const isSignedIn = ({ sealedCache, accountId }: Pick<AttemptRow, 'sealedCache' | 'accountId'>): boolean =>
  sealedCache !== null || accountId !== null

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
    if (locked.confirmedAt || !isSignedIn(locked)) return { connectionIds: locked.madeConnectionIds, runs: [] }

    const subscriptionIds = wanted.map(({ subscriptionId }) => subscriptionId)
    const account = await takeAccount(tx, actor, locked, subscriptionIds)
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

/** The account to connect with, locked: the one that was chosen, or the one to which the attempt's own sign-in belongs. */
async function takeAccount(
  tx: Transaction,
  actor: Actor,
  attempt: typeof connectAttempts.$inferSelect,
  subscriptionIds: string[],
): Promise<AccountRow> {
  const { tenantId, accountObjectId: objectId, accountName, grantedScopes: granted } = attempt
  if (!objectId || !accountName) throw new Error('An attempt that is signed in has an account.')
  await lockAccountsOf(tx, actor, { tenantId, objectId }, subscriptionIds)
  if (attempt.accountId) return lockAccount(tx, actor, attempt.accountId)

  const place = { organisationId: actor.organisationId, kind: 'attempt-cache' as const, id: attempt.id }
  const cache = await unseal(attempt.sealedCache ?? '', place)
  const signIn = { tenantId, objectId, name: accountName, granted, cache }
  return storeSignIn(tx, actor, signIn, { replaces: await isReconnectOf(tx, actor, attempt) })
}

/** Whether an attempt signs in again the account that a connection in use is read with. */
async function isReconnectOf(
  tx: Transaction,
  actor: Actor,
  { connectionId, accountObjectId }: Pick<AttemptRow, 'connectionId' | 'accountObjectId'>,
): Promise<boolean> {
  if (connectionId === null) return false
  const { state, accountId } = await findConnection(actor, connectionId, tx)
  return state !== 'disconnected' && (await findAccount(actor, accountId, tx)).objectId === accountObjectId
}
