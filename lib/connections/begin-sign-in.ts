import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'
import { allow } from '@/lib/allow'
import { browserAddress } from '@/lib/azure/client/transport'
import { beginSignIn, newPkce } from '@/lib/azure/sign-in'
import type { OptionalScope } from '@/lib/domain/permissions'
import { env } from '@/lib/env'
import { findAttempt } from './find-attempt'
import { NotFound } from './not-found'
import { seal } from './seal'

type Options = {
  prompt?: 'select_account' | 'consent' | 'login'
  useClaims?: boolean
  /** The optional permissions to ask for from now on; when left out, those the attempt asked for before. */
  optional?: readonly OptionalScope[]
}

/** Bytes of randomness in a state or nonce. */
const RANDOM_BYTES = 32

/** What a login is looked up by when it comes back: the state itself is never stored. */
export const hashState = (state: string): string => createHash('sha256').update(state).digest('base64url')

/** Where Microsoft sends the browser back after a connect login; registered with the app, to the letter. */
export const connectRedirectUri = (): string => `${env().portalUrl}/api/azure/callback`

/**
 * Starts a login for an attempt and gives the address for the browser. Verifier and nonce are sealed beside the
 * attempt, the state as a hash; a login begun earlier for the same attempt can no longer come back.
 */
export async function beginSignInForAttempt(
  actor: Actor,
  attemptId: string,
  { prompt, useClaims, optional }: Options = {},
): Promise<string> {
  allow(actor, 'connect')
  const db = await getDb()
  const attempt = await findAttempt(db, actor, attemptId)
  if (!attempt || attempt.expired || attempt.confirmedAt) throw new NotFound('There is no such attempt.')

  const state = randomBytes(RANDOM_BYTES).toString('base64url')
  const nonce = randomBytes(RANDOM_BYTES).toString('base64url')
  const { verifier, challenge } = await newPkce()
  const optionalScopes = optional ? [...optional] : attempt.optionalScopes
  const url = await beginSignIn({
    tenantId: attempt.tenantId,
    redirectUri: connectRedirectUri(),
    state,
    nonce,
    codeChallenge: challenge,
    optional: optionalScopes,
    prompt: prompt ?? (useClaims ? undefined : 'select_account'),
    claims: useClaims ? attempt.problem?.claims : undefined,
    loginHint: useClaims ? (attempt.accountName ?? undefined) : undefined,
  })

  const sealedLogin = await seal(JSON.stringify({ verifier, nonce }), {
    organisationId: actor.organisationId,
    kind: 'attempt-login',
    id: attemptId,
  })
  const stored = await db
    .update(connectAttempts)
    .set({ stateHash: hashState(state), sealedLogin, optionalScopes, loginBegunAt: sql`now()` })
    .where(
      and(
        eq(connectAttempts.organisationId, actor.organisationId),
        eq(connectAttempts.id, attemptId),
        isNull(connectAttempts.confirmedAt),
      ),
    )
    .returning({ id: connectAttempts.id })
  if (stored.length === 0) throw new NotFound('There is no such attempt.')
  return browserAddress(url)
}
