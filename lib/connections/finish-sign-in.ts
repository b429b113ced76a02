import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'
import { allow } from '@/lib/allow'
import { AzureError, problemOf } from '@/lib/azure/client/errors'
import { authorizeProblem, redeemCode, type SignedIn } from '@/lib/azure/sign-in'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'
import { connectRedirectUri } from './begin-sign-in'
import { seal } from './seal'
import { takeLogin } from './take-login'

type Finished = { attemptId: string } | { attemptId: null; code: ProblemCode }

/**
 * Takes what Microsoft sent back with the browser. A refusal is stored on the attempt for its page to explain; an
 * answer that belongs to no login of this member stores nothing anywhere.
 */
export async function finishSignIn(actor: Actor, query: URLSearchParams): Promise<Finished> {
  allow(actor, 'connect')
  const login = await takeLogin(actor, query.get('state') ?? '')
  if (login.kind === 'unknown') return { attemptId: null, code: 'state_mismatch' }
  if (login.kind === 'used') return { attemptId: null, code: 'attempt_used' }

  const { attemptId } = login
  if (login.kind === 'late') {
    await storeProblem(actor, attemptId, { code: 'attempt_expired', at: new Date().toISOString() })
    return { attemptId }
  }

  try {
    const code = query.get('code')
    if (!code) throw authorizeProblem(Object.fromEntries(query))
    let cache: string | null = null
    const account = await redeemCode({
      tenantId: login.tenantId,
      code,
      redirectUri: connectRedirectUri(),
      codeVerifier: login.verifier,
      nonce: login.nonce,
      optional: login.optional,
      store: {
        load: async () => cache,
        save: async (newest) => {
          cache = newest
        },
      },
    })
    if (cache === null) throw new AzureError('unknown', 'The sign-in gave no tokens to keep.')
    await storeAccount(actor, attemptId, account, cache)
  } catch (error) {
    if (!(error instanceof AzureError)) throw error
    log().warn({ event: 'connect_sign_in_refused', attemptId, error })
    await storeProblem(actor, attemptId, problemOf(error))
  }
  return { attemptId }
}

async function storeAccount(actor: Actor, attemptId: string, account: SignedIn, cache: string) {
  const sealedCache = await seal(cache, { organisationId: actor.organisationId, kind: 'attempt-cache', id: attemptId })
  await update(actor, attemptId, {
    sealedCache,
    accountObjectId: account.objectId,
    accountTenantId: account.tenantId,
    accountName: account.username,
    grantedScopes: account.granted,
    problem: null,
  })
}

const storeProblem = (actor: Actor, attemptId: string, problem: AttemptProblem) => update(actor, attemptId, { problem })

async function update(actor: Actor, attemptId: string, change: Partial<typeof connectAttempts.$inferInsert>) {
  const db = await getDb()
  await db
    .update(connectAttempts)
    .set({ ...change, cacheVersion: sql`cache_version + 1` })
    .where(
      and(
        eq(connectAttempts.organisationId, actor.organisationId),
        eq(connectAttempts.id, attemptId),
        isNull(connectAttempts.confirmedAt),
      ),
    )
}
