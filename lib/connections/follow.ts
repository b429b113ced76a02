import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { allow, audit, NotFound } from '@/lib/actor'
import { AzureError } from '@/lib/azure/client/errors'
import { createMeter } from '@/lib/azure/client/transport'
import { listSubscriptions } from '@/lib/azure/subscriptions'
import type { Subscription } from '@/lib/domain/access'
import { isOfAccount } from '@/lib/domain/problems'
import { log } from '@/lib/log'
import { type AccountRow, lockAccount, markReconnectNeeded, whereAccount } from './account'
import { connectWithAccount } from './connect-with-account'
import { azureForAccount } from './vault'

/** Hours between two looks for new subscriptions with one account. */
export const LOOK_EVERY_HOURS = 6

/**
 * Lets an account follow its tenant, so that subscriptions which it can read newly connect themselves, or ends that. The list of
 * subscriptions is all that it takes: no right on a management group is needed.
 *
 * @param keepOut subscriptions that are not to be connected by themselves, beside those that are kept out already
 * @param letIn subscriptions that are kept out no more
 */
export async function setFollowing(
  actor: Actor,
  accountId: string,
  { follows, keepOut = [], letIn = [] }: { follows: boolean; keepOut?: string[]; letIn?: string[] },
): Promise<void> {
  allow(actor, 'connect')
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const { name, state, excludedSubscriptionIds } = await lockAccount(tx, actor, accountId)
    if (follows && state !== 'active') throw new NotFound('The account has to be signed in again first.')
    const excluded = [...new Set([...excludedSubscriptionIds, ...keepOut])].filter((id) => !letIn.includes(id))
    await tx
      .update(accounts)
      .set({ follows, nextLookAt: follows ? sql`now()` : null, excludedSubscriptionIds: excluded })
      .where(whereAccount(actor.organisationId, accountId))
    await audit(tx, actor, {
      action: 'account.follow_changed',
      subject: name,
      details: { follows, kept_out: excluded.length },
    })
  })
}

/** Accounts that are looked at in one go; the rest follow with the next. */
const ACCOUNTS_AT_ONCE = 20

/** Milliseconds that one look may take, so that the sweep, in whose job it runs, is not held up for long. */
const LOOK_MS = 60_000

/**
 * Connects what accounts that follow their tenant can read newly. Each account is looked at by one worker every
 * {@link LOOK_EVERY_HOURS} hours. A look that fails changes no connection, is logged, and is repeated then.
 *
 * @param ending aborts when the process ends; the accounts that are left are looked at by the next
 */
export async function followTenants(ending: AbortSignal): Promise<void> {
  for (let looked = 0; looked < ACCOUNTS_AT_ONCE && !ending.aborted; looked++) {
    const account = await takeDueAccount()
    if (!account) return
    try {
      const connected = await connectNew(account, AbortSignal.any([ending, AbortSignal.timeout(LOOK_MS)]))
      if (connected > 0) log().info({ event: 'subscriptions_followed', accountId: account.id, connected })
    } catch (error) {
      const problem = error instanceof AzureError ? error.code : 'unknown'
      log().warn({ event: 'follow_failed', accountId: account.id, problem, error })
      if (isOfAccount(problem)) {
        const db = await getDb(account)
        await db.transaction((tx) => markReconnectNeeded(tx, account, problem))
      }
    }
  }
}

/** Takes the account whose look has been due for longest; null when none is due. */
async function takeDueAccount(): Promise<AccountRow | null> {
  const db = await getDbOfEveryOrganisation()
  return db.transaction(async (tx) => {
    const [due] = await tx
      .select({ organisationId: accounts.organisationId, id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.state, 'active'), lte(accounts.nextLookAt, sql`now()`)))
      .orderBy(accounts.nextLookAt)
      .limit(1)
      .for('update', { skipLocked: true })
    if (!due) return null
    const [taken] = await tx
      .update(accounts)
      .set({ nextLookAt: sql`now() + make_interval(hours => ${LOOK_EVERY_HOURS})` })
      .where(whereAccount(due.organisationId, due.id))
      .returning()
    return taken ?? null
  })
}

/** Connects what an account can read newly. Gives how many subscriptions that were. */
async function connectNew(account: AccountRow, ending: AbortSignal): Promise<number> {
  const { rows } = await listSubscriptions(azureForAccount(account, createMeter(), ending))
  const wanted = (await chooseNew(account, rows)).map(({ id, name, state }) => ({ subscriptionId: id, name, state }))
  const by = { organisationId: account.organisationId, memberId: null, name: 'Rolecall' }
  const { opened } = await connectWithAccount(by, account.id, wanted, async (_tx, now, batch) => {
    if (!now.follows || now.state !== 'active') return null
    return batch.filter(({ subscriptionId }) => !now.excludedSubscriptionIds.includes(subscriptionId))
  })
  return opened
}

/** Those of the account's own tenant that are not kept out and have no connection, in whatever state. */
async function chooseNew(account: AccountRow, rows: Subscription[]): Promise<Subscription[]> {
  const { organisationId, tenantId, excludedSubscriptionIds } = account
  const own = rows.filter((one) => one.tenantId === tenantId && one.state !== 'Deleted')
  if (own.length === 0) return []
  const db = await getDb(account)
  const known = await db
    .select({ id: connections.subscriptionId })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        inArray(
          connections.subscriptionId,
          own.map(({ id }) => id),
        ),
      ),
    )
  const left = new Set([...known.map(({ id }) => id), ...excludedSubscriptionIds])
  return own.filter(({ id }) => !left.has(id))
}
