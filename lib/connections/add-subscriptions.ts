import type { Actor } from '@/db/actor'
import { allow } from '@/lib/actor'
import { listSubscriptions } from '@/lib/azure/subscriptions'
import type { ProblemCode } from '@/lib/domain/problems'
import { limit } from '@/lib/limits'
import { findAccount, letIn } from './account'
import { markConnected, type ReadableSubscription } from './checks'
import { connectWithAccount } from './connect-with-account'
import { azureForPerson } from './vault'

export type Readable = {
  subscriptions: ReadableSubscription[]
  /** Rows of Azure's list that could not be understood, and are not among them. */
  odd: number
}

/** All subscriptions that an account can read now, by name, as Azure lists them. Throws NotFound, TooMany and AzureError. */
export async function listReadableSubscriptions(actor: Actor, accountId: string): Promise<Readable> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const account = await findAccount(actor, accountId)
  const { rows, odd } = await listSubscriptions(azureForPerson(account))
  const readable = await markConnected(actor, account.tenantId, rows)
  const byName = (one: ReadableSubscription, other: ReadableSubscription) =>
    one.name.localeCompare(other.name, 'en', { numeric: true })
  return { subscriptions: readable.sort(byName), odd: odd.length }
}

type Added =
  | { kind: 'added'; connectionIds: string[] }
  /** Nothing was added: the account has to be signed in again first, or Azure does not list a subscription that was chosen. */
  | { kind: 'refused'; code: ProblemCode }

/**
 * Connects subscriptions with an account that reads others already, and opens their first runs. Azure is asked once more which
 * it can read. One that somebody connects at the same time stays as they connected it. Throws NotFound, TooMany and AzureError.
 */
export async function addSubscriptions(actor: Actor, accountId: string, subscriptionIds: string[]): Promise<Added> {
  const { subscriptions } = await listReadableSubscriptions(actor, accountId)
  const readable = new Map(subscriptions.map((one) => [one.subscriptionId, one]))
  const chosen = [...new Set(subscriptionIds)].flatMap((id) => readable.get(id) ?? [])
  if (chosen.length < new Set(subscriptionIds).size) return { kind: 'refused', code: 'subscription_not_readable' }
  if (chosen.some(({ otherTenant }) => otherTenant !== null))
    return { kind: 'refused', code: 'subscription_of_other_tenant' }

  const wanted = chosen.filter(({ connectedAs }) => connectedAs === null)
  const { connectionIds, stopped } = await connectWithAccount(actor, accountId, wanted, async (tx, account, batch) => {
    if (account.state !== 'active') return null
    await letIn(
      tx,
      account,
      batch.map((one) => one.subscriptionId),
    )
    return batch
  })
  return stopped && connectionIds.length === 0
    ? { kind: 'refused', code: 'sign_in_expired' }
    : { kind: 'added', connectionIds }
}
