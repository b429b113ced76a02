import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { applicationDrafts } from '@/db/schema/accounts'
import { organisations } from '@/db/schema/organisations'
import { allow, audit, NotFound } from '@/lib/actor'
import { makeCertificate, readCertificate } from '@/lib/azure/certificate'
import type { Credential } from '@/lib/azure/client/app-tokens'
import { AzureError } from '@/lib/azure/client/errors'
import { findTenant } from '@/lib/azure/find-tenant'
import type { ProblemCode } from '@/lib/domain/problems'
import { APPLICATION_DRAFT_DAYS } from '@/lib/domain/retention'
import type { CredentialKind } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { limit } from '@/lib/limits'
import { type AccountRow, findAccount } from './account'
import { openAccountCredential, SealBroken, seal } from './vault'

export type WantedApplication = {
  /** What somebody typed for the tenant: its ID, a domain, or a subscription. */
  tenant: string
  /** Null for the managed identity of the machine itself. */
  clientId: string | null
  credential: CredentialKind
  /** A certificate with its key in PEM; one is made when it is left out. */
  pem?: string
  secret?: string
}

/** How an application is to prove itself. */
type Proof = Pick<WantedApplication, 'credential' | 'pem' | 'secret'>

type Drafted =
  | { kind: 'drafted'; draftId: string }
  | { kind: 'refused'; code: ProblemCode }
  /** What is wrong with the certificate that was given, as a sentence. */
  | { kind: 'bad_certificate'; problem: string }

/** Which credentials this portal can use: federated tokens and managed identities are the operator's to allow. */
export function listCredentialKinds(): CredentialKind[] {
  const { federatedTokenFile, managedIdentity } = env().azure
  return [
    'certificate',
    ...(federatedTokenFile === null ? [] : (['federated'] as const)),
    ...(managedIdentity ? (['managed_identity'] as const) : []),
    'secret',
  ]
}

/** Begins an application account: finds its tenant and seals its credential. Throws NotAllowed and TooMany. */
export async function draftApplication(actor: Actor, wanted: WantedApplication): Promise<Drafted> {
  allow(actor, 'connect')
  await limit('connect_attempt', actor.memberId)
  try {
    const tenantId = await findTenant(wanted.tenant)
    return await storeDraft(actor, { tenantId, clientId: wanted.clientId, accountId: null }, wanted)
  } catch (error) {
    if (error instanceof AzureError) return { kind: 'refused', code: error.code }
    throw error
  }
}

/**
 * Begins a new credential of an account of an application. The one that it has stays in use until the new one works. Throws
 * NotAllowed, NotFound, also for a person's account, and TooMany.
 */
export async function draftCredential(actor: Actor, accountId: string, wanted: Proof): Promise<Drafted> {
  allow(actor, 'connect')
  await limit('connect_attempt', actor.memberId)
  const account = await findApplication(actor, accountId)
  const isOfMachine = wanted.credential === 'managed_identity' && (await isIdentityOfMachine(account))
  const subject = { tenantId: account.tenantId, clientId: isOfMachine ? null : account.clientId, accountId }
  return storeDraft(actor, subject, wanted)
}

/**
 * Whether an account is read with the identity of the machine itself. False where what was sealed was deleted or its key is
 * lost: adding the application anew, without a client ID, gives the same account its credential back.
 */
async function isIdentityOfMachine(account: AccountRow): Promise<boolean> {
  if (account.credential !== 'managed_identity') return false
  try {
    const credential = await openAccountCredential(account)
    return credential.kind === 'managed_identity' && credential.isOfMachine
  } catch (error) {
    if (error instanceof SealBroken) return false
    throw error
  }
}

/** The account of an application with this id. Throws NotFound, also for a person's. */
export async function findApplication(actor: Actor, accountId: string): Promise<AccountRow> {
  const account = await findAccount(actor, accountId)
  if (account.kind !== 'application') throw new NotFound('There is no such application.')
  return account
}

type Subject = { tenantId: string; clientId: string | null; accountId: string | null }

async function storeDraft(actor: Actor, subject: Subject, wanted: Proof): Promise<Drafted> {
  const { organisationId } = actor
  const refused = await refuseCredential(actor, subject.tenantId, wanted.credential)
  if (refused) return { kind: 'refused', code: refused }
  const made = await makeCredential(subject, wanted)
  if ('problem' in made) return { kind: 'bad_certificate', problem: made.problem }
  const { credential, certificate, expiresAt } = made
  const id = crypto.randomUUID()
  const sealed = await seal(JSON.stringify(credential), { organisationId, kind: 'application-draft', id })
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    // Two that are begun at the same time would both find the last place free.
    await tx.select().from(organisations).where(eq(organisations.id, organisationId)).for('no key update')
    const own = and(eq(applicationDrafts.organisationId, organisationId), gt(applicationDrafts.expiresAt, sql`now()`))
    if ((await tx.$count(applicationDrafts, own)) >= MOST_DRAFTS) return { kind: 'refused', code: 'too_many_begun' }
    await tx.insert(applicationDrafts).values({
      ...subject,
      organisationId,
      id,
      credential: wanted.credential,
      certificate,
      credentialExpiresAt: expiresAt,
      sealed,
      createdByName: actor.name,
      expiresAt: sql`now() + make_interval(days => ${APPLICATION_DRAFT_DAYS})`,
    })
    await audit(tx, actor, {
      action: subject.accountId === null ? 'account.application_begun' : 'account.credential_begun',
      subject: await nameOf(tx, organisationId, subject),
      details: { tenant: subject.tenantId, credential: wanted.credential },
    })
    return { kind: 'drafted', draftId: id }
  })
}

/** Applications that an organisation can have begun at a time. Each keeps a sealed key for {@link APPLICATION_DRAFT_DAYS} days. */
const MOST_DRAFTS = 25

/** What the audit log calls a draft: by the account that it is for, else by its application. */
async function nameOf(
  tx: Transaction,
  organisationId: string,
  { accountId, clientId }: Pick<Subject, 'accountId' | 'clientId'>,
): Promise<string> {
  if (accountId) return (await findAccount({ organisationId }, accountId, tx)).name
  return clientId ?? 'the managed identity of this machine'
}

/**
 * Federated tokens and managed identities are the portal's own: any organisation could name another one's application or
 * tenant beside them, and read it by the trust that it has in the portal. So each may use them for its own tenant only, which
 * its members have proved by signing in.
 */
async function refuseCredential(actor: Actor, tenantId: string, kind: CredentialKind): Promise<ProblemCode | null> {
  if (!listCredentialKinds().includes(kind))
    return kind === 'federated' ? 'federated_token_unusable' : 'identity_not_found'
  if (kind === 'certificate' || kind === 'secret') return null
  const db = await getDb(actor)
  const [own] = await db
    .select({ tenantId: organisations.tenantId })
    .from(organisations)
    .where(eq(organisations.id, actor.organisationId))
  return own?.tenantId === tenantId ? null : 'credential_of_other_tenant'
}

type Made = { credential: Credential; certificate: string | null; expiresAt: Date | null }

async function makeCredential(
  { clientId }: Subject,
  { credential: kind, pem, secret = '' }: Proof,
): Promise<Made | { problem: string }> {
  if (kind === 'secret') return { credential: { kind, secret }, certificate: null, expiresAt: null }
  if (kind === 'federated') return { credential: { kind }, certificate: null, expiresAt: null }
  if (kind === 'managed_identity')
    return { credential: { kind, isOfMachine: clientId === null }, certificate: null, expiresAt: null }
  const keyed = pem === undefined ? await makeCertificate(`Rolecall ${clientId}`) : readCertificate(pem)
  if ('problem' in keyed) return keyed
  const { certificate, privateKey, thumbprint, expiresAt } = keyed
  return { credential: { kind, certificate, privateKey, thumbprint }, certificate, expiresAt }
}

export type DraftRow = typeof applicationDrafts.$inferSelect

/** The where-clause of one draft that has not expired. */
export const whereDraft = (organisationId: string, draftId: string): SQL | undefined =>
  and(
    eq(applicationDrafts.organisationId, organisationId),
    eq(applicationDrafts.id, draftId),
    gt(applicationDrafts.expiresAt, sql`now()`),
  )

/** The draft with this id. Throws NotAllowed, and NotFound also when it has expired. */
export async function findDraft(actor: Actor, draftId: string): Promise<DraftRow> {
  allow(actor, 'connect')
  const db = await getDb(actor)
  const [found] = await db.select().from(applicationDrafts).where(whereDraft(actor.organisationId, draftId))
  if (!found) throw new NotFound('There is no such application.')
  return found
}

/** A draft as its pages show it. Its secret is not among the fields. */
export type ApplicationDraft = Omit<DraftRow, 'sealed' | 'organisationId'> & { accountName: string | null }

/** The draft as its pages show it. Throws NotAllowed and NotFound. */
export async function getDraft(actor: Actor, draftId: string): Promise<ApplicationDraft> {
  const { sealed: _secret, organisationId: _own, ...shown } = await findDraft(actor, draftId)
  const account = shown.accountId === null ? null : await findAccount(actor, shown.accountId)
  return { ...shown, accountName: account?.name ?? null }
}

/** The drafts that are not finished, the newest first. Throws NotAllowed. */
export async function listDrafts(actor: Actor) {
  allow(actor, 'connect')
  const { id, accountId, tenantId, clientId, credential, createdByName, createdAt, expiresAt } = applicationDrafts
  const db = await getDb(actor)
  return db
    .select({ id, accountId, tenantId, clientId, credential, createdByName, createdAt, expiresAt })
    .from(applicationDrafts)
    .where(and(eq(applicationDrafts.organisationId, actor.organisationId), gt(expiresAt, sql`now()`)))
    .orderBy(sql`${createdAt} desc`, id)
}

/** Throws a draft away, with its key or secret. Throws NotAllowed and NotFound. */
export async function discardDraft(actor: Actor, draftId: string): Promise<void> {
  allow(actor, 'connect')
  const { organisationId } = actor
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [gone] = await tx.delete(applicationDrafts).where(whereDraft(organisationId, draftId)).returning()
    if (!gone) throw new NotFound('There is no such application.')
    await audit(tx, actor, {
      action: gone.accountId === null ? 'account.application_discarded' : 'account.credential_discarded',
      subject: await nameOf(tx, organisationId, gone),
      details: { tenant: gone.tenantId, credential: gone.credential },
    })
  })
}
