import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { allow, audit, NotFound, requireFreshSignIn } from '@/lib/actor'
import { forgetUnusedSignIn, isReadWith, lockAccount } from './account'

/**
 * Removes the account of an application that nothing is read with, and deletes its credential. `used`: a subscription is
 * connected with it, so nothing was done. Throws NotAllowed, NotFound, also for a person's account, and FreshSignInNeeded.
 */
export async function removeApplication(actor: SessionActor, accountId: string): Promise<'removed' | 'used'> {
  allow(actor, 'disconnect')
  requireFreshSignIn(actor)
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    const account = await lockAccount(tx, actor, accountId)
    if (account.kind !== 'application') throw new NotFound('There is no such application.')
    if (await isReadWith(tx, account)) return 'used'
    await forgetUnusedSignIn(tx, account)
    await audit(tx, actor, {
      action: 'account.application_removed',
      subject: account.name,
      details: { client: account.clientId, tenant: account.tenantId },
    })
    return 'removed'
  })
}
