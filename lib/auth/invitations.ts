import { and, eq, gt, inArray, or, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { invitations } from '@/db/schema/invitations'

type Person = { objectId: string; username: string | null }

type Invited = { id: string; invitedByName: string }

/**
 * The invitations that are meant for a person who signs in: by their object ID, or by the user name that their own tenant has for them. The
 * organisation is that of the tenant which issued the token, so that no other tenant's user name is compared.
 */
export async function findInvitations(
  tx: Transaction,
  organisationId: string,
  { objectId, username }: Person,
): Promise<Invited[]> {
  return tx
    .select({ id: invitations.id, invitedByName: invitations.invitedByName })
    .from(invitations)
    .where(
      and(
        eq(invitations.organisationId, organisationId),
        gt(invitations.expiresAt, sql`now()`),
        or(eq(invitations.objectId, objectId), username === null ? undefined : eq(invitations.username, username)),
      ),
    )
    .for('update') // one that an owner takes back meanwhile lets nobody in
}

/** Deletes invitations that are used up: from now on the person is known by their object ID. */
export async function deleteInvitations(tx: Transaction, organisationId: string, used: Invited[]): Promise<void> {
  if (used.length === 0) return
  const ids = used.map(({ id }) => id)
  await tx.delete(invitations).where(and(eq(invitations.organisationId, organisationId), inArray(invitations.id, ids)))
}
