import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'
import { allow, NotFound } from '@/lib/actor'
import { AzureError, problemOf } from '@/lib/azure/client/errors'
import { browserAddress } from '@/lib/azure/client/transport'
import { authorizeProblem, beginSignIn, newPkce, redeemCode, type SignedIn } from '@/lib/azure/sign-in'
import type { OptionalScope } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { limit } from '@/lib/limits'
import { log } from '@/lib/log'
import { findAttempt, whereOwnAttempt, whereOwnAttempts } from './attempts'
import { seal, unseal } from './vault'

type SignInChoices = {
  prompt?: 'select_account' | 'consent' | 'login'
  /** Passes on what Microsoft demanded with its last refusal, for the account that was refused. */
  useClaims?: boolean
  /** The optional permissions to ask for from now on. When left out, those that the attempt asked for before. */
  optional?: readonly OptionalScope[]
}

/**
 * Starts a login for an attempt and gives the address for the browser. The attempt keeps verifier and nonce sealed, and
 * the state as a hash. A login that was begun earlier for the same attempt can no longer be finished. Throws NotFound and TooMany.
 */
export async function beginSignInForAttempt(
  actor: SessionActor,
  attemptId: string,
  { prompt, useClaims, optional }: SignInChoices = {},
): Promise<string> {
  allow(actor, 'connect')
  await limit('connect_sign_in', actor.memberId)
  const db = await getDb(actor)
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
    .where(and(whereOwnAttempt(actor, attemptId), isNull(connectAttempts.confirmedAt)))
    .returning({ id: connectAttempts.id })
  if (stored.length === 0) throw new NotFound('There is no such attempt.')
  return browserAddress(url)
}

/** Bytes of randomness in a state or nonce. */
const RANDOM_BYTES = 32

/** A login is found again by the hash of its state, because the state itself is never stored. */
const hashState = (state: string): string => createHash('sha256').update(state).digest('base64url')

/** Where Microsoft sends the browser back after a connect login. The app registration names exactly this address. */
export const connectRedirectUri = (): string => `${env().portalUrl}/api/azure/callback`

type FinishedSignIn = { attemptId: string } | { attemptId: null; code: ProblemCode }

/**
 * Takes what Microsoft sent back with the browser. A refusal is stored on the attempt, where its page explains it. An
 * answer that belongs to no login of this member's browser stores nothing.
 */
export async function finishSignIn(actor: SessionActor, query: URLSearchParams): Promise<FinishedSignIn> {
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
    const { verifier, nonce } = await openLogin(actor, login)
    let cache: string | null = null
    const account = await redeemCode({
      tenantId: login.tenantId,
      code,
      redirectUri: connectRedirectUri(),
      codeVerifier: verifier,
      nonce,
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

/** Minutes a person has on Microsoft's pages before the login's state is refused. */
const LOGIN_MINUTES = 10

const Login = z.object({ verifier: z.string(), nonce: z.string() })

type TakenLogin =
  | { kind: 'login'; attemptId: string; tenantId: string; sealedLogin: string; optional: string[] }
  | { kind: 'late'; attemptId: string }
  | { kind: 'used' }
  | { kind: 'unknown' }

/**
 * Takes the login that a state belongs to, once: whoever comes second finds it used. Only the browser of the member who
 * began it finds it at all, so neither another person's answer nor a replay can be attached to an attempt.
 */
async function takeLogin(actor: SessionActor, state: string): Promise<TakenLogin> {
  const db = await getDb(actor)
  const own = whereOwnAttempts(actor)
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

  // The sweep has deleted what was sealed for a login of an attempt that has expired.
  if (taken?.late) return { kind: 'late', attemptId: taken.id }
  if (!taken?.sealedLogin) {
    const [used] = await db
      .select({ id: connectAttempts.id })
      .from(connectAttempts)
      .where(and(own, eq(connectAttempts.usedStateHash, hash)))
    return { kind: used ? 'used' : 'unknown' }
  }
  const { id: attemptId, tenantId, optional, sealedLogin } = taken
  return { kind: 'login', attemptId, tenantId, optional, sealedLogin }
}

/** Verifier and nonce of a login that was taken. Throws SealBroken when its key is gone. */
async function openLogin(
  { organisationId }: SessionActor,
  { attemptId, sealedLogin }: Extract<TakenLogin, { kind: 'login' }>,
): Promise<z.infer<typeof Login>> {
  return Login.parse(JSON.parse(await unseal(sealedLogin, { organisationId, kind: 'attempt-login', id: attemptId })))
}

async function storeAccount(actor: SessionActor, attemptId: string, account: SignedIn, cache: string) {
  const sealedCache = await seal(cache, { organisationId: actor.organisationId, kind: 'attempt-cache', id: attemptId })
  await updateAttempt(actor, attemptId, {
    sealedCache,
    accountId: null,
    accountObjectId: account.objectId,
    accountTenantId: account.tenantId,
    accountName: account.username,
    grantedScopes: account.granted,
    problem: null,
  })
}

const storeProblem = (actor: SessionActor, attemptId: string, problem: AttemptProblem) =>
  updateAttempt(actor, attemptId, { problem })

async function updateAttempt(
  actor: SessionActor,
  attemptId: string,
  change: Partial<typeof connectAttempts.$inferInsert>,
) {
  const db = await getDb(actor)
  await db
    .update(connectAttempts)
    .set({ ...change, cacheVersion: sql`cache_version + 1` })
    .where(and(whereOwnAttempt(actor, attemptId), isNull(connectAttempts.confirmedAt)))
}
