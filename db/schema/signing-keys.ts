import { sql } from 'drizzle-orm'
import { pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns'

/**
 * The keys (Ed25519) that this installation signs exports with, for all organisations. A public key stays for ever, because
 * what was signed with it is filed for years. A private key is sealed like every secret, and deleted when it is replaced.
 */
export const signingKeys = pgTable(
  'signing_keys',
  {
    id: uuid('id').primaryKey(),
    /** In PEM (SPKI). */
    publicKey: text('public_key').notNull().unique(),
    sealed: text('sealed'),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When it was replaced: nothing was signed with it after that. */
    retiredAt: at('retired_at'),
    /** Set by an operator when somebody else may have the private key: what it signed after this proves nothing. */
    withdrawnAt: at('withdrawn_at'),
  },
  () => [
    uniqueIndex('signing_keys_one_current').on(sql`(true)`).where(sql`retired_at is null and withdrawn_at is null`),
  ],
)
