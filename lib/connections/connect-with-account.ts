import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { sendSync } from '@/lib/runs/queue'
import { type AccountRow, findAccount, lockAccount, lockAccountsOf } from './account'
import { type By, connectSubscription, type WantedSubscription } from './connect-subscription'

/** Subscriptions that become connections in one transaction, so that none is long. */
export const AT_ONCE = 25

/** Which of a batch to connect, decided while the account is locked; null to connect none of it, nor of those after it. */
type Choose = (
  tx: Transaction,
  account: AccountRow,
  batch: WantedSubscription[],
) => Promise<WantedSubscription[] | null>

/** `opened`: how many of the connections are new and have a first run. `stopped`: not everything was reached. */
type Connected = { connectionIds: string[]; opened: number; stopped: boolean }

/**
 * Connects subscriptions with an account that is there already, in batches, and sends their first runs to workers. What a
 * batch has connected stays when a later one fails or is not reached. Throws NotFound when the account is gone.
 *
 * @param keep writes down what a batch has connected, in its transaction
 */
export async function connectWithAccount(
  by: By,
  accountId: string,
  wanted: WantedSubscription[],
  choose: Choose,
  keep?: (tx: Transaction, connectionIds: string[]) => Promise<void>,
): Promise<Connected> {
  const done: Connected = { connectionIds: [], opened: 0, stopped: false }
  const db = await getDb(by)
  for (let reached = 0; reached < wanted.length; reached += AT_ONCE) {
    const batch = wanted.slice(reached, reached + AT_ONCE)
    const subscriptionIds = batch.map(({ subscriptionId }) => subscriptionId)
    const made = await db.transaction(async (tx) => {
      await lockAccountsOf(tx, by, await findAccount(by, accountId, tx), subscriptionIds)
      const account = await lockAccount(tx, by, accountId)
      const chosen = await choose(tx, account, batch)
      if (chosen === null) return null
      const all = []
      for (const one of chosen) all.push(await connectSubscription(tx, by, { account, connectionId: null }, one))
      await keep?.(
        tx,
        all.map(({ connectionId }) => connectionId),
      )
      return all
    })
    if (made === null) return { ...done, stopped: true }
    for (const { connectionId, run } of made) {
      done.connectionIds.push(connectionId)
      if (!run) continue
      await sendSync(run)
      done.opened += 1
    }
  }
  return done
}
