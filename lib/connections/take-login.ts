import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'
import { hashState } from './begin-sign-in'
import { open } from './seal'

/** Minutes a person has on Microsoft's pages before the login's state is refused. */
const LOGIN_MINUTES = 10

const Login = z.object({ verifier: z.string(), nonce: z.string() })

type Taken =
  | { kind: 'login'; attemptId: string; tenantId: string; verifier: string; nonce: string; optional: string[] }
  | { kind: 'late'; attemptId: string }
  | { kind: 'used' }
  | { kind: 'unknown' }

/**
 * Takes the login that a state belongs to, once: the second caller finds it used. Only the member who began it finds
 * it at all, so neither someone else's answer nor a replay can be attached to an attempt.
 */
export async function takeLogin(actor: Actor, state: string): Promise<Taken> {
  const db = await getDb()
  const own = and(
    eq(connectAttempts.organisationId, actor.organisationId),
    eq(connectAttempts.memberId, actor.memberId),
  )
  const hash = hashState(state)
  const taken = await db.transaction(async (tx) => {
    const [attempt] = await tx
      .select({
        id: connectAttempts.id,
        tenantId: connectAttempts.tenantId,
        optional: connectAttempts.optionalScopes,
        sealedLogin: connectAttempts.sealedLogin,
        late: sql<boolean>`expires_at <= now() or confirmed_at is not null or login_begun_at < now() - make_interval(mins => ${LOGIN_MINUTES})`,
      })
      .from(connectAttempts)
      .where(and(own, eq(connectAttempts.stateHash, hash)))
      .for('update')
    if (!attempt) return null
    await tx
      .update(connectAttempts)
      .set({ stateHash: null, usedStateHash: hash, sealedLogin: null, problem: null })
      .where(and(own, eq(connectAttempts.id, attempt.id)))
    return attempt
  })

  if (!taken?.sealedLogin) {
    const [used] = await db
      .select({ id: connectAttempts.id })
      .from(connectAttempts)
      .where(and(own, eq(connectAttempts.usedStateHash, hash)))
    return { kind: used ? 'used' : 'unknown' }
  }
  if (taken.late) return { kind: 'late', attemptId: taken.id }
  const login = Login.parse(
    JSON.parse(
      await open(taken.sealedLogin, { organisationId: actor.organisationId, kind: 'attempt-login', id: taken.id }),
    ),
  )
  return { kind: 'login', attemptId: taken.id, tenantId: taken.tenantId, optional: taken.optional, ...login }
}
