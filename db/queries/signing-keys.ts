import { desc } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { signingKeys } from '@/db/schema/signing-keys'

export type SigningKeyRow = Awaited<ReturnType<typeof readSigningKeys>>[number]

/** The public keys that exports of this installation were ever signed with, the newest first. They are no secret. */
export async function readSigningKeys() {
  const db = await getDbOfEveryOrganisation()
  return db
    .select({
      id: signingKeys.id,
      publicKey: signingKeys.publicKey,
      createdAt: signingKeys.createdAt,
      retiredAt: signingKeys.retiredAt,
      withdrawnAt: signingKeys.withdrawnAt,
    })
    .from(signingKeys)
    .orderBy(desc(signingKeys.createdAt), desc(signingKeys.id))
}
