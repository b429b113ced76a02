import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { signingKeys } from '@/db/schema/signing-keys'
import { INSTALLATION, SealBroken, seal, unseal } from '@/lib/connections/vault'
import { log } from '@/lib/log'

/** Days after which a key is replaced by itself, so that one that was stolen unnoticed signs no longer than that. */
const KEY_DAYS = 365

/** A key that exports are signed with (Ed25519, RFC 8032). */
export type SigningKey = { id: string; sign: (content: Uint8Array) => Uint8Array }

/**
 * The key of this installation. It is made when it is needed first, and anew when it is a year old or can no longer be
 * opened: what was signed before can still be verified, since public keys stay.
 */
export async function openSigningKey(): Promise<SigningKey> {
  const current = await readCurrent()
  const opened = current && !current.isOld ? await openKey(current) : null
  if (opened) return opened
  await replaceKey(current?.id ?? null)
  const made = await readCurrent()
  const key = made ? await openKey(made) : null
  if (!key) throw new SealBroken('The key that exports are signed with cannot be opened.')
  return key
}

async function readCurrent() {
  const db = await getDbOfEveryOrganisation()
  const [current] = await db
    .select({
      id: signingKeys.id,
      sealed: signingKeys.sealed,
      isOld: sql<boolean>`${signingKeys.createdAt} < now() - make_interval(days => ${KEY_DAYS})`,
    })
    .from(signingKeys)
    .where(isCurrent)
  return current ?? null
}

const isCurrent = and(isNull(signingKeys.retiredAt), isNull(signingKeys.withdrawnAt))

/** Null for a key that none of the configured encryption keys opens. */
async function openKey({ id, sealed }: { id: string; sealed: string | null }): Promise<SigningKey | null> {
  try {
    if (sealed === null) throw new SealBroken('The key was deleted.')
    const secret = await unseal(sealed, contextOf(id))
    const key: KeyObject = createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' })
    return { id, sign: (content) => sign(null, content, key) }
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    log().warn({ event: 'signing_key_unreadable', key: id })
    return null
  }
}

const contextOf = (id: string) => ({ organisationId: INSTALLATION, kind: 'signing-key' as const, id })

/** Puts a new key in the place of the current one. Of several processes that do so at the same time one succeeds. */
async function replaceKey(before: string | null): Promise<void> {
  const id = randomUUID()
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const sealed = await seal(secret, contextOf(id))
  const db = await getDbOfEveryOrganisation()
  await db.transaction(async (tx) => {
    if (before)
      await tx
        .update(signingKeys)
        .set({ retiredAt: sql`now()`, sealed: null })
        .where(and(eq(signingKeys.id, before), isCurrent))
    await tx
      .insert(signingKeys)
      .values({ id, publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(), sealed })
      .onConflictDoNothing()
  })
}
