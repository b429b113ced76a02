import { and, eq, isNull, sql } from 'drizzle-orm'
import { FlattenedEncrypt, type FlattenedJWE, flattenedDecrypt } from 'jose'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { accountSecrets, accounts, type applicationDrafts } from '@/db/schema/accounts'
import { connectAttempts } from '@/db/schema/connections'
import { audit } from '@/lib/actor'
import { Credential, createAppTokens } from '@/lib/azure/client/app-tokens'
import type { Budget } from '@/lib/azure/client/budget'
import { type Azure, createAzure } from '@/lib/azure/client/clients'
import { AzureError } from '@/lib/azure/client/errors'
import { type Patience, INTERACTIVE as patience } from '@/lib/azure/client/retry'
import { createTokens, type TokenStore } from '@/lib/azure/client/tokens'
import { createMeter, type Meter } from '@/lib/azure/client/transport'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { type AccountRow, findAccount, whereAccount } from './account'
import { type AttemptRow, whereOwnAttempt } from './attempts'
import { budgetOf } from './request-budgets'

/** Milliseconds that a page waits for Microsoft while a person watches. */
const PAGE_DEADLINE_MS = 45_000

/** Azure as the account sees it that signed in for an attempt, or was chosen for it; null when there is none yet. */
export async function azureForAttempt(actor: SessionActor, attempt: AttemptRow): Promise<Azure | null> {
  if (attempt.accountId) return azureForPerson(await findAccount(actor, attempt.accountId))
  const { accountObjectId: objectId, accountTenantId: tenantId } = attempt
  if (!attempt.sealedCache || !objectId || !tenantId) return null
  const store = createSealedStore(describePlaceOfAttempt(actor, attempt.id), {
    organisationId: actor.organisationId,
    kind: 'attempt-cache',
    id: attempt.id,
  })
  const meter = createMeter()
  const signal = AbortSignal.timeout(PAGE_DEADLINE_MS)
  const options = { meter, signal, patience }
  const tokens = createTokens({
    tenantId: attempt.tenantId,
    account: { objectId, tenantId },
    store,
    optional: attempt.grantedScopes,
    ...options,
  })
  const reader = { organisationId: actor.organisationId, tenantId: attempt.tenantId, objectId, clientId: null }
  return createAzure({ tokens, budget: budgetOfReader(reader), ...options })
}

function describePlaceOfAttempt(actor: SessionActor, attemptId: string): SealedPlace {
  const own = whereOwnAttempt(actor, attemptId)
  return {
    async read() {
      const db = await getDb(actor)
      const [found] = await db
        .select({ sealed: connectAttempts.sealedCache, version: connectAttempts.cacheVersion })
        .from(connectAttempts)
        .where(own)
      return found?.sealed ? { sealed: found.sealed, version: found.version } : null
    },
    async write(sealed, over) {
      const db = await getDb(actor)
      const written = await db
        .update(connectAttempts)
        .set({ sealedCache: sealed, cacheVersion: over + 1 })
        .where(and(own, eq(connectAttempts.cacheVersion, over), isNull(connectAttempts.confirmedAt)))
        .returning({ id: connectAttempts.id })
      return written.length > 0
    },
  }
}

type Reader = Pick<
  AccountRow,
  'organisationId' | 'id' | 'kind' | 'tenantId' | 'objectId' | 'clientId' | 'name' | 'optionalScopes'
>

/** Azure as an account sees it, while a person waits for the answer. */
export const azureForPerson = (account: Reader): Azure =>
  azureForAccount(account, createMeter(), AbortSignal.timeout(PAGE_DEADLINE_MS), patience)

/**
 * Azure as an account sees it. A person's tokens are refreshed, and kept in the account's sealed cache; an application's are
 * asked for with its sealed credential, which is not changed.
 */
export function azureForAccount(account: Reader, meter: Meter, signal: AbortSignal, asked?: Patience): Azure {
  const { organisationId, id, tenantId, objectId, optionalScopes: optional } = account
  const context = { organisationId, kind: 'account-cache' as const, id }
  const options = { meter, signal, ...(asked ? { patience: asked } : {}) }
  const tokens =
    account.kind === 'application'
      ? createAppTokens({
          tenantId,
          clientId: account.clientId,
          optional,
          openCredential: () => openAccountCredential(account),
          onGranted: (granted) => addGranted(account, granted),
          ...options,
        })
      : createTokens({
          tenantId,
          account: { objectId, tenantId },
          store: createSealedStore(describePlaceOfAccount(account), context),
          optional,
          ...options,
        })
  return createAzure({ tokens, budget: budgetOfReader(account), ...options })
}

/** Azure as an application sees it whose credential is not that of an account yet, while a person waits for the answer. */
export function azureForDraft(draft: typeof applicationDrafts.$inferSelect): Azure {
  const { organisationId, id, tenantId, clientId, sealed } = draft
  const options = { meter: createMeter(), signal: AbortSignal.timeout(PAGE_DEADLINE_MS), patience }
  const context = { organisationId, kind: 'application-draft' as const, id }
  const openSealed = () => openCredential(sealed, context)
  return createAzure({
    budget: budgetOfReader({ organisationId, tenantId, objectId: id, clientId }),
    tokens: createAppTokens({ tenantId, clientId, openCredential: openSealed, ...options }),
    ...options,
  })
}

type BudgetedReader = Pick<Reader, 'organisationId' | 'tenantId' | 'objectId' | 'clientId'>

/** An application reads as itself. A person reads as themselves, through the portal's application. */
const budgetOfReader = ({ organisationId, tenantId, objectId, clientId }: BudgetedReader): Budget =>
  budgetOf({
    ...{ organisationId, tenantId },
    principal: clientId ?? objectId,
    application: clientId ?? env().azure.clientId,
  })

/** The credential of an application's account, in the clear. Throws {@link SealBroken}. */
export async function openAccountCredential(
  account: Pick<Reader, 'organisationId' | 'id' | 'name'>,
): Promise<Credential> {
  const { organisationId, id } = account
  const stored = await describePlaceOfAccount(account).read()
  return openCredential(stored?.sealed, { organisationId, kind: 'account-cache', id })
}

/** A sealed credential in the clear. Throws {@link SealBroken} when there is none, as after it was deleted meanwhile. */
async function openCredential(sealed: string | undefined, context: SealContext): Promise<Credential> {
  if (sealed === undefined) throw new SealBroken('There is no credential.')
  return Credential.parse(JSON.parse(await unseal(sealed, context)))
}

/**
 * Writes down what an administrator has granted to an application since it was looked last. What was withdrawn stays there, so
 * that the runs tell of it.
 */
async function addGranted(
  { organisationId, id, optionalScopes: had }: Reader,
  granted: readonly string[],
): Promise<void> {
  if (granted.every((scope) => had.includes(scope))) return
  const optionalScopes = OPTIONAL_SCOPES.filter((scope) => granted.includes(scope) || had.includes(scope))
  const db = await getDb({ organisationId })
  await db.update(accounts).set({ optionalScopes }).where(whereAccount(organisationId, id))
}

function describePlaceOfAccount({
  organisationId,
  id,
  name,
}: Pick<Reader, 'organisationId' | 'id' | 'name'>): SealedPlace {
  const own = and(eq(accountSecrets.organisationId, organisationId), eq(accountSecrets.accountId, id))
  return {
    async read() {
      const db = await getDb({ organisationId })
      const [found] = await db
        .select({ sealed: accountSecrets.sealed, version: accountSecrets.version })
        .from(accountSecrets)
        .where(own)
      return found ?? null
    },
    async write(sealed, over) {
      const db = await getDb({ organisationId })
      return db.transaction(async (tx) => {
        const [before] = await tx
          .select({ sealed: accountSecrets.sealed })
          .from(accountSecrets)
          .where(and(own, eq(accountSecrets.version, over)))
          .for('update')
        if (!before) return false
        await tx
          .update(accountSecrets)
          .set({ sealed, version: over + 1, updatedAt: sql`now()` })
          .where(own)
        const keys = { before: nameKeyOf(before.sealed), after: nameKeyOf(sealed) }
        if (keys.before !== keys.after) await auditResealed(tx, { organisationId, name }, keys)
        return true
      })
    },
  }
}

/** Writes down, for the owners of an organisation, that the sign-in of an account is now sealed with another key. */
export async function auditResealed(
  tx: Transaction,
  { organisationId, name }: Pick<Reader, 'organisationId' | 'name'>,
  keys: { before: string; after: string },
): Promise<void> {
  const worker = { organisationId, memberId: null, name: 'Rolecall' }
  await audit(tx, worker, { action: 'account.resealed', subject: name, details: keys })
}

/** Where a sealed token cache is stored. `write` replaces only the version that was read, and tells whether it did. */
type SealedPlace = {
  read(): Promise<{ sealed: string; version: number } | null>
  write(sealed: string, over: number): Promise<boolean>
}

/**
 * A token store in a sealed column, with compare-and-swap. Losing the swap is harmless: Entra ID leaves the older refresh
 * token valid, and the newer cache, which stays, has its own (reference: refresh-tokens).
 */
function createSealedStore(place: SealedPlace, context: SealContext): TokenStore {
  let version = 0
  return {
    async load() {
      const found = await place.read()
      if (!found) return null
      version = found.version
      return unseal(found.sealed, context)
    },
    async save(cache) {
      if (await place.write(await seal(cache, context), version)) version += 1
      else log().debug({ event: 'token_cache_swap_lost', kind: context.kind, id: context.id })
    },
  }
}

/**
 * A sealed value that none of our keys opens, or that was sealed for another place. It is one of the errors of lib/azure,
 * because the Microsoft clients open their tokens in the middle of their work and would turn any other into `unknown`.
 */
export class SealBroken extends AzureError {
  override name = 'SealBroken'

  constructor(message: string, options?: { cause: unknown }) {
    super('secret_unreadable', message, options)
  }
}

/** Stands for an organisation where a secret belongs to the installation. */
export const INSTALLATION = '00000000-0000-0000-0000-000000000000'

/** Where a sealed value belongs. It is authenticated together with the value, so one row's secret does not open in another. */
export type SealContext = {
  organisationId: string
  kind: 'attempt-login' | 'attempt-cache' | 'account-cache' | 'application-draft' | 'signing-key'
  id: string
}

/**
 * Seals a secret for storage: JWE with direct AES-256-GCM, a fresh 96-bit IV each time, the key's id in the protected
 * header, and the context as additional authenticated data (not stored: the opener must know it).
 */
export async function seal(secret: string, context: SealContext): Promise<string> {
  const [newest] = env().encryptionKeys
  if (!newest) throw new SealBroken('There is no encryption key.')
  const sealed = await new FlattenedEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newest.kid })
    .setAdditionalAuthenticatedData(encodeContext(context))
    .encrypt(newest.key)
  const { aad: _known, ...stored } = sealed
  return JSON.stringify(stored)
}

/** Opens what {@link seal} made for the same context. Throws {@link SealBroken} for anything else. */
export async function unseal(sealed: string, context: SealContext): Promise<string> {
  try {
    const stored: FlattenedJWE = JSON.parse(sealed)
    const aad = Buffer.from(encodeContext(context)).toString('base64url')
    const { plaintext } = await flattenedDecrypt({ ...stored, aad }, (header) => findKey(header?.kid), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return new TextDecoder().decode(plaintext)
  } catch (cause) {
    throw new SealBroken('A stored secret could not be opened.', { cause })
  }
}

/** The name of the key that sealed a value, which stands in its header in the clear. Only for what {@link unseal} opens. */
export function nameKeyOf(sealed: string): string {
  const { protected: header = '' }: FlattenedJWE = JSON.parse(sealed)
  const { kid }: { kid?: unknown } = JSON.parse(Buffer.from(header, 'base64url').toString())
  return String(kid)
}

function findKey(kid: unknown): Uint8Array {
  const found = env().encryptionKeys.find((entry) => entry.kid === kid)
  if (!found) throw new SealBroken(`No encryption key is named ${String(kid)}.`)
  return found.key
}

/** The words under which sign-ins were sealed while they were those of connections, so that the old ones still open. */
const SEALED_AS = {
  'application-draft': 'application-draft',
  'attempt-login': 'attempt-login',
  'attempt-cache': 'attempt-cache',
  'account-cache': 'connection-cache',
  'signing-key': 'signing-key',
}

const encodeContext = ({ organisationId, kind, id }: SealContext) =>
  new TextEncoder().encode(`rolecall/${organisationId}/${SEALED_AS[kind]}/${id}`)
