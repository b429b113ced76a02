import { and, eq, isNull, sql } from 'drizzle-orm'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'
import { allow, NotFound } from '@/lib/actor'
import { findAccount } from './account'
import { findAttempt, whereOwnAttempt } from './attempts'

/**
 * Lets an attempt go on with an account that reads other subscriptions of the same tenant already, so that nobody has to sign in
 * again. What the account may read of this subscription is found out by the checks. Throws NotFound, also for an account of another
 * tenant and for one that has to be signed in again.
 */
export async function chooseAccount(actor: SessionActor, attemptId: string, accountId: string): Promise<void> {
  allow(actor, 'connect')
  const db = await getDb(actor)
  const attempt = await findAttempt(db, actor, attemptId)
  if (!attempt || attempt.expired || attempt.confirmedAt) throw new NotFound('There is no such attempt.')
  const account = await findAccount(actor, accountId)
  if (account.tenantId !== attempt.tenantId || account.state !== 'active')
    throw new NotFound('There is no such account.')
  await db
    .update(connectAttempts)
    .set({
      accountId,
      accountObjectId: account.objectId,
      accountTenantId: account.tenantId,
      accountName: account.name,
      optionalScopes: account.optionalScopes,
      grantedScopes: account.optionalScopes,
      sealedCache: null,
      cacheVersion: sql`cache_version + 1`,
      problem: null,
    })
    .where(
      and(
        whereOwnAttempt(actor, attemptId),
        eq(connectAttempts.tenantId, account.tenantId),
        isNull(connectAttempts.confirmedAt),
      ),
    )
}
