import type { Actor } from '@/db/actor'
import { allow } from '@/lib/actor'
import type { PlacedGroup } from '@/lib/azure/management-groups'
import { listSubscriptions } from '@/lib/azure/subscriptions'
import type { ProblemCode } from '@/lib/domain/problems'
import { limit } from '@/lib/limits'
import { findAccount, letIn } from './account'
import { type AddableSubscription, markConnected } from './checks'
import { connectWithAccount } from './connect-with-account'
import { placeAll, readPlaces } from './places'
import { azureForPerson } from './vault'

export type Readable = {
  subscriptions: AddableSubscription[]
  /** Rows of Azure's list that could not be understood, and are not among them. */
  odd: number
  /** The management groups to choose by, as a tree. */
  groups: PlacedGroup[]
  /** Why the management groups could not be read; null where they were. */
  groupsRefused: ProblemCode | null
}

/**
 * All subscriptions that an account can read now, by name, as Azure lists them, and where they lie, from a second list that
 * may be refused. Throws NotFound, TooMany and AzureError.
 */
export async function listReadableSubscriptions(actor: Actor, accountId: string): Promise<Readable> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const account = await findAccount(actor, accountId)
  const azure = azureForPerson(account)
  const [{ rows, odd }, places] = await Promise.all([listSubscriptions(azure), readPlaces(azure)])
  const readable = placeAll(await markConnected(actor, account.tenantId, rows), places)
  return { subscriptions: readable, odd: odd.length, groups: places.groups, groupsRefused: places.refused }
}

type Added =
  /** `leftOut`: the IDs of those chosen that Azure does not list for the account now. */
  | { kind: 'added'; connectionIds: string[]; leftOut: string[] }
  /** Nothing was added: the account has to be signed in again first, or Azure lists none of what was chosen. */
  | { kind: 'refused'; code: ProblemCode }

/**
 * Connects subscriptions with an account that reads others already, and opens their first runs. Azure is asked once more which
 * it can read, and the others are left out. One that somebody connects at the same time stays as they connected it. Throws NotFound, TooMany and AzureError.
 */
export async function addSubscriptions(actor: Actor, accountId: string, subscriptionIds: string[]): Promise<Added> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const own = await findAccount(actor, accountId)
  const listed = await listSubscriptions(azureForPerson(own))
  const marked = await markConnected(actor, own.tenantId, listed.rows)
  const readable = new Map(marked.map((one) => [one.subscriptionId, one]))
  const chosen = [...new Set(subscriptionIds)].flatMap((id) => readable.get(id) ?? [])
  if (chosen.length === 0) return { kind: 'refused', code: 'subscription_not_readable' }
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
    : { kind: 'added', connectionIds, leftOut: [...new Set(subscriptionIds)].filter((id) => !readable.has(id)) }
}
