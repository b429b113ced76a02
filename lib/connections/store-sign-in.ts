import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import type { AccountRow } from './account'
import { seal } from './vault'

type SignIn = {
  tenantId: string
  objectId: string
  name: string
  /** The optional scopes that came back with the tokens. */
  granted: string[]
  /** MSAL's cache, with the tokens. */
  cache: string
}

/**
 * Stores a sign-in at its account, which is made if there is none yet, and leaves the account locked. What it was granted
 * before stays granted, unless this sign-in was asked for instead of the one before it (`replaces`).
 */
export async function storeSignIn(
  tx: Transaction,
  actor: Actor,
  { tenantId, objectId, name, granted, cache }: SignIn,
  { replaces }: { replaces: boolean },
): Promise<AccountRow> {
  const { organisationId } = actor
  const by = { name, signedInById: actor.memberId, signedInByName: actor.name }
  const own = and(
    eq(accounts.organisationId, organisationId),
    eq(accounts.tenantId, tenantId),
    eq(accounts.objectId, objectId),
  )
  const [made] = await tx
    .insert(accounts)
    .values({ organisationId, tenantId, objectId, optionalScopes: granted, ...by })
    .onConflictDoNothing()
    .returning()
  const [before] = made ? [] : await tx.select().from(accounts).where(own).for('update')
  const kept = replaces ? [] : (before?.optionalScopes ?? [])
  const [again] = made
    ? []
    : await tx
        .update(accounts)
        .set({
          ...by,
          state: 'active',
          stateReason: null,
          signIns: sql`${accounts.signIns} + 1`,
          signedInAt: sql`now()`,
          optionalScopes: OPTIONAL_SCOPES.filter((scope) => granted.includes(scope) || kept.includes(scope)),
        })
        .where(own)
        .returning()
  const account = made ?? again
  // The account was deleted with its last connection between the statements.
  if (!account) return storeSignIn(tx, actor, { tenantId, objectId, name, granted, cache }, { replaces })
  await storeCredential(tx, account, cache)
  return account
}

/** Stores what an account signs in with in place of what it had: MSAL's cache of a person, or the credential of an application. */
export async function storeCredential(
  tx: Transaction,
  { organisationId, id: accountId }: Pick<AccountRow, 'organisationId' | 'id'>,
  credential: string,
): Promise<void> {
  const sealed = await seal(credential, { organisationId, kind: 'account-cache', id: accountId })
  await tx
    .insert(accountSecrets)
    .values({ organisationId, accountId, sealed })
    .onConflictDoUpdate({
      target: [accountSecrets.organisationId, accountSecrets.accountId],
      set: { sealed, version: sql`${accountSecrets.version} + 1`, updatedAt: sql`excluded.updated_at` },
    })
}
