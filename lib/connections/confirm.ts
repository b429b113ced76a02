import { sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { connectAttempts } from '@/db/schema/connections'
import { allow, NotFound } from '@/lib/actor'
import type { ProblemCode } from '@/lib/domain/problems'
import type { LeftOut } from '@/lib/domain/vocabulary'
import { sendSync } from '@/lib/runs/queue'
import type { OpenedRun } from '@/lib/runs/runs'
import {
  type AccountRow,
  findAccount,
  forgetUnusedSignIn,
  letIn,
  lockAccount,
  lockAccountsOf,
  resumeConnections,
} from './account'
import { type AttemptRow, findAttempt, whereOwnAttempt } from './attempts'
import { type Checked, checkAttempt } from './checks'
import { connectSubscription, type WantedSubscription } from './connect-subscription'
import { AT_ONCE, connectWithAccount } from './connect-with-account'
import { findConnection } from './connection'
import { storeSignIn } from './store-sign-in'
import { takeOver } from './take-over'
import { unseal } from './vault'

type ConfirmOptions = {
  alsoSubscriptionIds: string[]
  /** Connects only the others, because the subscription that the attempt was begun for cannot be read. */
  withoutOwn?: boolean
  acceptOtherAccount?: boolean
  /** Lets the account that signed in now read all other connections of the one from before too. */
  takesOver?: boolean
}
type Confirmed =
  | { kind: 'connected'; connectionIds: string[] }
  | { kind: 'refused'; code: ProblemCode }
  | { kind: 'other_account'; previous: string; now: string }
  /** Nothing was connected: of the others none was chosen, or none of those chosen can be read now. */
  | { kind: 'no_others' }
  /** Nothing was connected: the subscription that was to be left out can be read by now. */
  | { kind: 'readable_now' }

/**
 * Makes connections of a checked attempt: one of the subscription that it was begun for, and one of each other that was
 * chosen with the same sign-in. It checks once more at Microsoft, then stores sealed tokens, connections and first runs: the
 * first {@link AT_ONCE} in one transaction, the others in batches after it. What is connected by then stays when a process is
 * killed between two of them. What was asked for and cannot be read is left out, and the attempt keeps which and why. A
 * second confirmation gives the same connections. Throws {@link NotFound}.
 *
 * It asks for no fresh sign-in to the portal, although it adds an account: the account was signed in at Microsoft for this
 * attempt, in this browser and within the half hour that an attempt lives. Microsoft decides whether it asks for credentials
 * then; what the account may read is what it would show to the same browser anyway.
 */
export async function confirmAttempt(
  actor: SessionActor,
  attemptId: string,
  { alsoSubscriptionIds, withoutOwn = false, acceptOtherAccount = false, takesOver = false }: ConfirmOptions,
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
  if (withoutOwn && checked.canConnect) return { kind: 'readable_now' }
  const mayConnect = withoutOwn ? checked.canConnectOthers : checked.canConnect && checked.subscription
  if (!mayConnect || !isSignedIn(attempt)) return { kind: 'refused', code: findFailure(checked) }
  const chosen = chooseSubscriptions(attempt, checked, { alsoSubscriptionIds, withoutOwn })
  if (!chosen) return { kind: 'refused', code: 'subscription_of_other_tenant' }
  const { wanted, leftOut } = chosen
  if (wanted.length === 0) return { kind: 'no_others' }
  const [first, rest] = [wanted.slice(0, AT_ONCE), wanted.slice(AT_ONCE)]
  const stored = await storeConnections(actor, attempt, first, { takesOver, more: rest.length > 0, leftOut })
  if (!stored) return { kind: 'refused', code: 'sign_in_expired' }
  for (const run of stored.runs) await sendSync(run)
  if (rest.length === 0) return { kind: 'connected', connectionIds: stored.connectionIds }
  return { kind: 'connected', connectionIds: await connectRest(actor, attempt, stored, rest) }
}

/** Connects what did not go into the first transaction. Gives all connections of the attempt so far. */
async function connectRest(
  actor: SessionActor,
  attempt: AttemptRow,
  { accountId, connectionIds: first }: { accountId: string | null; connectionIds: string[] },
  rest: WantedSubscription[],
): Promise<string[]> {
  // Somebody confirmed the attempt before, and connects the rest.
  if (accountId === null) return first
  const choose = async (tx: Transaction, account: AccountRow, batch: WantedSubscription[]) => {
    if (account.state !== 'active') return null
    await letIn(tx, account, idsOf(batch))
    return batch
  }
  let all = first
  await connectWithAccount(actor, accountId, rest, choose, async (tx, connectionIds) => {
    const [kept] = await tx
      .update(connectAttempts)
      .set({ madeConnectionIds: sql`${connectAttempts.madeConnectionIds} || ${JSON.stringify(connectionIds)}::jsonb` })
      .where(whereOwnAttempt(actor, attempt.id))
      .returning({ all: connectAttempts.madeConnectionIds })
    all = kept?.all ?? all
  })
  if (attempt.accountId) return all
  const db = await getDb(actor)
  await db.transaction(async (tx) => forgetUnusedSignIn(tx, await lockAccount(tx, actor, accountId)))
  return all
}

const idsOf = (wanted: WantedSubscription[]): string[] => wanted.map(({ subscriptionId }) => subscriptionId)

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

const findFailure = ({ checks }: Checked): ProblemCode =>
  checks.find(({ state }) => state === 'failed')?.code ?? 'unknown'

/**
 * The subscription of the attempt, unless it is left out, and those chosen beside it; with what is left out, since it cannot
 * be read now. Null when one of those chosen belongs to another tenant.
 */
function chooseSubscriptions(
  attempt: AttemptRow,
  checked: Checked,
  { alsoSubscriptionIds, withoutOwn }: { alsoSubscriptionIds: string[]; withoutOwn: boolean },
): { wanted: WantedSubscription[]; leftOut: LeftOut[] } | null {
  const also = new Set(alsoSubscriptionIds)
  const own = {
    subscriptionId: attempt.subscriptionId,
    name: checked.subscription?.name ?? '',
    state: checked.subscription?.state ?? '',
  }
  const others = checked.others.filter((other) => also.has(other.subscriptionId) && !other.connectedAs)
  if (others.some(({ otherTenant }) => otherTenant !== null)) return null
  const listed = new Set([attempt.subscriptionId, ...checked.others.map((other) => other.subscriptionId)])
  const code = checked.othersProblem ?? 'subscription_not_readable'
  const unlisted = [...also].filter((id) => !listed.has(id)).map((subscriptionId) => ({ subscriptionId, code }))
  return withoutOwn
    ? {
        wanted: others,
        leftOut: [{ subscriptionId: attempt.subscriptionId, code: findFailure(checked) }, ...unlisted],
      }
    : { wanted: [own, ...others], leftOut: unlisted }
}

/**
 * Makes the first connections, with what belongs to them. `accountId` is the account to go on with; null when the attempt was
 * confirmed before. Gives null when the account that was chosen has to be signed in again by now.
 */
async function storeConnections(
  actor: SessionActor,
  attempt: AttemptRow,
  wanted: WantedSubscription[],
  { takesOver, more, leftOut }: { takesOver: boolean; more: boolean; leftOut: LeftOut[] },
): Promise<{ accountId: string | null; connectionIds: string[]; runs: OpenedRun[] } | null> {
  const own = whereOwnAttempt(actor, attempt.id)
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    // The accounts before the attempt: a deletion, which holds an account, deletes attempts.
    const identity = { tenantId: attempt.tenantId, objectId: attempt.accountObjectId ?? '' }
    await lockAccountsOf(tx, actor, identity, idsOf(wanted))
    const [locked] = await tx.select().from(connectAttempts).where(own).for('update')
    if (!locked) throw new NotFound('There is no such attempt.')
    if (locked.confirmedAt || !isSignedIn(locked))
      return { accountId: null, connectionIds: locked.madeConnectionIds, runs: [] }

    const before = await findAccountBefore(tx, actor, locked)
    const account = await takeAccount(tx, actor, locked)
    if (account.state !== 'active') return null
    const takenOver = takesOver && before ? await takeOver(tx, actor, before, account) : []
    // Read again, since taking over adds what the account from before kept out.
    await letIn(tx, await lockAccount(tx, actor, account.id), idsOf(wanted))
    const made: { connectionId: string; run: OpenedRun | null }[] = []
    for (const one of wanted)
      made.push(await connectSubscription(tx, actor, { account, connectionId: locked.connectionId }, one))
    const resumed = await resumeConnections(tx, account, actor)
    // If somebody else has connected all of it with another account meanwhile, nothing is read with this sign-in. An account
    // that was chosen keeps its own: it was there before.
    if (!more && !locked.accountId) await forgetUnusedSignIn(tx, account)
    const connectionIds = made.map(({ connectionId }) => connectionId)
    await tx
      .update(connectAttempts)
      .set({
        confirmedAt: sql`now()`,
        sealedCache: null,
        sealedLogin: null,
        stateHash: null,
        madeConnectionIds: connectionIds,
        problem: leftOut[0] ? { code: leftOut[0].code, leftOut } : null,
      })
      .where(own)
    return {
      accountId: account.id,
      connectionIds,
      runs: [...takenOver, ...made.flatMap(({ run }) => run ?? []), ...resumed],
    }
  })
}

/** The account with which the connection was read that an attempt signs in again; null when it is not in use. */
async function findAccountBefore(
  tx: Transaction,
  actor: Actor,
  { connectionId }: Pick<AttemptRow, 'connectionId'>,
): Promise<AccountRow | null> {
  if (connectionId === null) return null
  const { state, accountId } = await findConnection(actor, connectionId, tx)
  return state === 'disconnected' ? null : findAccount(actor, accountId, tx)
}

/** The account to connect with: the one that was chosen, or the one to which the attempt's own sign-in belongs. */
async function takeAccount(
  tx: Transaction,
  actor: Actor,
  attempt: typeof connectAttempts.$inferSelect,
): Promise<AccountRow> {
  const { tenantId, accountObjectId: objectId, accountName, grantedScopes: granted } = attempt
  if (!objectId || !accountName) throw new Error('An attempt that is signed in has an account.')
  if (attempt.accountId) return lockAccount(tx, actor, attempt.accountId)

  const place = { organisationId: actor.organisationId, kind: 'attempt-cache' as const, id: attempt.id }
  const cache = await unseal(attempt.sealedCache ?? '', place)
  const signIn = { tenantId, objectId, name: accountName, granted, cache }
  const before = await findAccountBefore(tx, actor, attempt)
  return storeSignIn(tx, actor, signIn, { replaces: before?.objectId === objectId })
}
