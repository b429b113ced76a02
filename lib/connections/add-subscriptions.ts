import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { allow } from '@/lib/actor'
import { listSubscriptions } from '@/lib/azure/subscriptions'
import type { ProblemCode } from '@/lib/domain/problems'
import { limit } from '@/lib/limits'
import { sendSync } from '@/lib/runs/queue'
import { findAccount, letIn, lockAccount, lockAccountsOf } from './account'
import { markConnected, type ReadableSubscription } from './checks'
import { connectSubscription } from './connect-subscription'
import { azureForPerson } from './vault'

/**
 * All subscriptions that an account can read now, by name, as Azure lists them. Throws NotFound, TooMany and AzureError.
 */
export async function listReadableSubscriptions(actor: Actor, accountId: string): Promise<ReadableSubscription[]> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const account = await findAccount(actor, accountId)
  const { rows } = await listSubscriptions(azureForPerson(account))
  const readable = await markConnected(actor, account.tenantId, rows)
  return readable.sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
}

/** Subscriptions that become connections in one transaction, so that none is long. */
const AT_ONCE = 25

type Added =
  | { kind: 'added'; connectionIds: string[] }
  /** Nothing was added: the account has to be signed in again first, or Azure does not list a subscription that was chosen. */
  | { kind: 'refused'; code: ProblemCode }

/**
 * Connects subscriptions with an account that reads others already, and opens their first runs. Azure is asked once more which
 * it can read. One that somebody connects at the same time stays as they connected it. Throws NotFound, TooMany and AzureError.
 */
export async function addSubscriptions(actor: Actor, accountId: string, subscriptionIds: string[]): Promise<Added> {
  const readable = new Map(
    (await listReadableSubscriptions(actor, accountId)).map((one) => [one.subscriptionId, one] as const),
  )
  const chosen = [...new Set(subscriptionIds)].flatMap((id) => readable.get(id) ?? [])
  if (chosen.length < new Set(subscriptionIds).size) return { kind: 'refused', code: 'subscription_not_readable' }
  if (chosen.some(({ otherTenant }) => otherTenant !== null))
    return { kind: 'refused', code: 'subscription_of_other_tenant' }

  const wanted = chosen.filter(({ connectedAs }) => connectedAs === null)
  const connectionIds: string[] = []
  for (let done = 0; done < wanted.length; done += AT_ONCE) {
    const db = await getDb(actor)
    const some = wanted.slice(done, done + AT_ONCE)
    const made = await db.transaction(async (tx) => {
      const { tenantId, objectId } = await findAccount(actor, accountId, tx)
      await lockAccountsOf(
        tx,
        actor,
        { tenantId, objectId },
        some.map((one) => one.subscriptionId),
      )
      const account = await lockAccount(tx, actor, accountId)
      if (account.state !== 'active') return null
      await letIn(
        tx,
        account,
        some.map((one) => one.subscriptionId),
      )
      const all = []
      for (const one of some) all.push(await connectSubscription(tx, actor, { account, connectionId: null }, one))
      return all
    })
    // What was connected before the account was found to need a sign-in stays connected.
    if (made === null)
      return connectionIds.length > 0 ? { kind: 'added', connectionIds } : { kind: 'refused', code: 'sign_in_expired' }
    for (const { connectionId, run } of made) {
      connectionIds.push(connectionId)
      if (run) await sendSync(run)
    }
  }
  return { kind: 'added', connectionIds }
}
