import { and, eq, notInArray } from 'drizzle-orm'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { allow, audit, NotFound, requireFreshSignIn } from '@/lib/actor'
import { forgetUnusedSignIn, lockAccount } from './account'

/**
 * Removes the account of an application that nothing is read with, and deletes its credential. `used`: a subscription is
 * connected with it, so nothing was done. Throws NotAllowed, NotFound, also for a person's account, and FreshSignInNeeded.
 */
export async function removeApplication(actor: SessionActor, accountId: string): Promise<'removed' | 'used'> {
  allow(actor, 'disconnect')
  requireFreshSignIn(actor)
  const { organisationId } = actor
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    const account = await lockAccount(tx, actor, accountId)
    if (account.kind !== 'application') throw new NotFound('There is no such application.')
    const [used] = await tx
      .select({ id: connections.id })
      .from(connections)
      .where(
        and(
          eq(connections.organisationId, organisationId),
          eq(connections.accountId, accountId),
          notInArray(connections.state, ['disconnected', 'deleting']),
        ),
      )
      .limit(1)
    if (used) return 'used'
    await forgetUnusedSignIn(tx, account)
    await audit(tx, actor, {
      action: 'account.application_removed',
      subject: account.name,
      details: { client: account.clientId, tenant: account.tenantId },
    })
    return 'removed'
  })
}
