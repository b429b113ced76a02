import { and, eq, sql } from 'drizzle-orm'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { accounts, applicationDrafts } from '@/db/schema/accounts'
import { allow, audit, NotFound, requireFreshSignIn } from '@/lib/actor'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import { sendSync } from '@/lib/runs/queue'
import type { OpenedRun } from '@/lib/runs/runs'
import { type AccountRow, findAccount, lockAccountsOf, resumeConnections } from './account'
import { type DraftRow, findDraft, whereDraft } from './application-drafts'
import { type CheckedApplication, checkApplication } from './check-application'
import { storeCredential } from './store-sign-in'
import { unseal } from './vault'

type Confirmed =
  | { kind: 'added'; accountId: string }
  | { kind: 'refused'; code: ProblemCode }
  /** The credential is good, but of another application than the account whose credential it is to replace. */
  | { kind: 'other_application' }

/**
 * Makes an account of an application that Microsoft gives a token to, or gives the account its new credential, and lets what
 * waited for it go on. It asks for a fresh sign-in to the portal, since no sign-in at Microsoft is part of it. Throws
 * NotAllowed, NotFound, FreshSignInNeeded and TooMany.
 */
export async function confirmApplication(actor: SessionActor, draftId: string): Promise<Confirmed> {
  allow(actor, 'connect')
  requireFreshSignIn(actor)
  const draft = await findDraft(actor, draftId)
  const checked = await checkApplication(actor, draftId)
  if (!checked.identity) return { kind: 'refused', code: checked.checks[0]?.code ?? 'unknown' }
  if (draft.accountId !== null) {
    const before = await findAccount(actor, draft.accountId)
    if (before.objectId !== checked.identity.objectId) return { kind: 'other_application' }
  }
  const { account, runs } = await storeApplication(actor, draft, { ...checked, identity: checked.identity })
  for (const run of runs) await sendSync(run)
  return { kind: 'added', accountId: account.id }
}

type Proved = CheckedApplication & { identity: NonNullable<CheckedApplication['identity']> }

async function storeApplication(
  actor: SessionActor,
  draft: DraftRow,
  { identity, name, granted }: Proved,
): Promise<{ account: AccountRow; runs: OpenedRun[] }> {
  const { organisationId } = actor
  const { tenantId } = draft
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    await lockAccountsOf(tx, actor, { tenantId, objectId: identity.objectId }, [])
    const [taken] = await tx.delete(applicationDrafts).where(whereDraft(organisationId, draft.id)).returning()
    if (!taken) throw new NotFound('There is no such application.')
    const { account, isNew } = await upsertAccount(tx, actor, taken, { identity, name, granted })
    const credential = await unseal(taken.sealed, { organisationId, kind: 'application-draft', id: taken.id })
    await storeCredential(tx, account, credential)
    await audit(tx, actor, {
      action: isNew ? 'account.application_added' : 'account.credential_replaced',
      subject: account.name,
      details: { client: account.clientId, tenant: tenantId, credential: taken.credential },
    })
    return { account, runs: await resumeConnections(tx, account, actor) }
  })
}

async function upsertAccount(
  tx: Transaction,
  actor: SessionActor,
  { tenantId, credential, credentialExpiresAt }: DraftRow,
  { identity, name, granted }: Pick<Proved, 'identity' | 'name' | 'granted'>,
): Promise<{ account: AccountRow; isNew: boolean }> {
  const { organisationId } = actor
  const { objectId, clientId } = identity
  const by = { signedInById: actor.memberId, signedInByName: actor.name }
  const facts = {
    kind: 'application' as const,
    ...{ clientId, credential, credentialExpiresAt, ...by },
    optionalScopes: OPTIONAL_SCOPES.filter((scope) => granted.includes(scope)),
  }
  const [made] = await tx
    .insert(accounts)
    .values({ organisationId, tenantId, objectId, name: name ?? `Application ${clientId}`, ...facts })
    .onConflictDoNothing()
    .returning()
  if (made) return { account: made, isNew: true }
  const own = and(
    eq(accounts.organisationId, organisationId),
    eq(accounts.tenantId, tenantId),
    eq(accounts.objectId, objectId),
  )
  const [again] = await tx
    .update(accounts)
    .set({
      ...facts,
      ...(name === null ? {} : { name }),
      state: 'active',
      stateReason: null,
      signIns: sql`${accounts.signIns} + 1`,
      signedInAt: sql`now()`,
    })
    .where(own)
    .returning()
  // The account was deleted with its last connection between the two statements.
  if (!again) throw new NotFound('There is no such account.')
  return { account: again, isNew: false }
}
