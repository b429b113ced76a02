import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAccounts } from '@/db/queries/accounts'
import { getConnection } from '@/db/queries/connections'
import { accountSecrets, accounts, applicationDrafts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { FreshSignInNeeded, NotAllowed, NotFound } from '@/lib/actor'
import { makeCertificate } from '@/lib/azure/certificate'
import { requestSync } from '@/lib/sync/request-sync'
import { sweep } from '@/lib/worker/sweep'
import { applyChange } from '@/sandbox/world/changes'
import { addApplication, addApplicationAccount, draftWithCertificate } from '@/testing/applications'
import { accountOf, carryRun, connect, currentAccess, type Rolecall, startRolecall } from '@/testing/rolecall'
import { addSubscriptions } from './add-subscriptions'
import { discardDraft, draftApplication, draftCredential, getDraft, listDrafts } from './application-drafts'
import { beginReconnect, findApplicationToReconnect } from './attempts'
import { checkApplication } from './check-application'
import { chooseAccount } from './choose-account'
import { confirmAttempt } from './confirm'
import { confirmApplication } from './confirm-application'
import { disconnect } from './disconnect'
import { followTenants, setFollowing } from './follow'
import { removeApplication } from './remove-application'
import { resealSecrets } from './reseal-secrets'

const NEVER = new AbortController().signal
const THREE = ['User.Read.All', 'GroupMember.Read.All', 'Application.Read.All']

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const begin = async (spec = {}) => {
  const tenant = await rolecall.tenant({ subscriptions: 3, ...spec })
  return { tenant, ids: tenant.subscriptions.map(({ id }) => id) as [string, string, string] }
}
const auditOf = (organisationId: string) =>
  rolecall.db
    .select({ action: auditEvents.action, subject: auditEvents.subject, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, organisationId), sql`action like 'account.%'`))
    .orderBy(auditEvents.seq)

describe('an application account', () => {
  test('is made of a tenant by a domain, and its subscriptions are added, read and named like any', async () => {
    const { tenant, ids } = await begin()
    const { owner } = tenant
    const { clientId } = addApplication(tenant.world, { ...tenant, subscriptionIds: ids.slice(0, 2), roles: THREE })
    const wanted = { tenant: tenant.domain, clientId, credential: 'certificate' as const }
    const drafted = await draftApplication(owner, wanted)
    if (drafted.kind !== 'drafted') throw new Error(drafted.kind)
    const draft = await getDraft(owner, drafted.draftId)
    expect(draft).toMatchObject({ tenantId: tenant.tenantId, clientId, accountName: null })
    expect(JSON.stringify(draft)).not.toContain('PRIVATE')

    const before = await checkApplication(owner, drafted.draftId)
    expect(before.checks[0]).toMatchObject({ id: 'sign_in', state: 'failed', code: 'certificate_not_accepted' })
    expect(await confirmApplication(owner, drafted.draftId)).toEqual({
      kind: 'refused',
      code: 'certificate_not_accepted',
    })
    applyChange(tenant.world, { type: 'add_certificate', clientId, certificate: draft.certificate ?? '' })

    const { checks } = await checkApplication(owner, drafted.draftId)
    expect(checks.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'sign_in passed',
      'subscriptions passed',
      'graph passed',
      'people passed',
      'optional warned',
    ])
    expect(checks[1]?.detail).toBe('2')
    expect(checks[4]?.missing).toContain('AuditLog.Read.All')
    const confirmed = await confirmApplication(owner, drafted.draftId)
    if (confirmed.kind !== 'added') throw new Error(confirmed.kind)
    expect(await listAccounts(owner)).toMatchObject([
      {
        id: confirmed.accountId,
        kind: 'application',
        name: 'Access reader',
        clientId,
        credential: 'certificate',
        connections: 0,
      },
    ])
    expect((await listAccounts(owner))[0]?.credentialExpiresAt).toEqual(draft.credentialExpiresAt)
    expect(await listDrafts(owner)).toEqual([])

    const added = await addSubscriptions(owner, confirmed.accountId, ids.slice(0, 2))
    if (added.kind !== 'added') throw new Error(added.kind)
    for (const id of added.connectionIds)
      expect(await carryRun(rolecall, owner, id)).toMatchObject({ state: 'succeeded' })
    expect(await currentAccess(rolecall, owner, added.connectionIds[0] ?? '')).not.toEqual([])
    expect(await getConnection(owner, added.connectionIds[0] ?? '')).toMatchObject({ state: 'active' })
    expect(await addSubscriptions(owner, confirmed.accountId, [ids[2]])).toMatchObject({ kind: 'refused' })
    expect((await auditOf(owner.organisationId)).at(-1)).toEqual({
      action: 'account.application_added',
      subject: 'Access reader',
      details: { client: clientId, tenant: tenant.tenantId, credential: 'certificate' },
    })
  })

  test('is made of a tenant that is named by one of its subscriptions, with a certificate that was given', async () => {
    const { tenant, ids } = await begin()
    const { clientId } = addApplication(tenant.world, {
      ...tenant,
      subscriptionIds: ids,
      roles: ['Directory.Read.All'],
    })
    const { certificate, privateKey } = await makeCertificate('Ours')
    applyChange(tenant.world, { type: 'add_certificate', clientId, certificate })
    const wanted = { tenant: ids[1], clientId, credential: 'certificate' as const }
    expect(await draftApplication(tenant.owner, { ...wanted, pem: certificate })).toMatchObject({
      kind: 'bad_certificate',
    })
    const drafted = await draftApplication(tenant.owner, { ...wanted, pem: certificate + privateKey })
    if (drafted.kind !== 'drafted') throw new Error(drafted.kind)
    const checked = await checkApplication(tenant.owner, drafted.draftId)
    expect(checked.granted).toEqual(['GroupMember.Read.All', 'Application.Read.All', 'Directory.Read.All'])
    expect(checked.checks.filter(({ state }) => state !== 'passed').map(({ id }) => id)).toEqual(['optional'])
  })

  test('says what it lacks: roles in Azure, permissions of Graph', async () => {
    const { tenant } = await begin()
    const { clientId } = addApplication(tenant.world, tenant)
    const { checks } = await checkApplication(tenant.owner, await draftWithCertificate(tenant, clientId))
    expect(checks.map(({ id, state, missing }) => [id, state, missing.length])).toEqual([
      ['sign_in', 'passed', 0],
      ['subscriptions', 'warned', 0],
      ['graph', 'passed', 0],
      ['people', 'warned', 1],
      ['optional', 'warned', 6],
    ])
  })

  test('follows its tenant', async () => {
    const { tenant, ids } = await begin()
    const { accountId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
    await setFollowing(tenant.owner, accountId, { follows: true })
    await followTenants(NEVER)
    const { owner } = tenant
    expect(await rolecall.db.$count(connections, eq(connections.organisationId, owner.organisationId))).toBe(3)
    await setFollowing(owner, accountId, { follows: false })
  })

  test('learns in a sync of a permission that was granted later, and tells of one that was withdrawn', async () => {
    const { tenant, ids } = await begin({ groups: 3 })
    const { accountId, clientId } = await addApplicationAccount(tenant, {
      subscriptionIds: ids,
      roles: ['User.Read.All'],
    })
    const { tenantId, world, owner } = tenant
    const added = await addSubscriptions(owner, accountId, [ids[0]])
    const [id = ''] = added.kind === 'added' ? added.connectionIds : []
    const coverage = async () => (await carryRun(rolecall, owner, id)).coverage?.find((one) => one.dataset === 'groups')
    await coverage()
    const grant = (roles: string[]) => applyChange(world, { type: 'grant_app_roles', tenantId, clientId, roles })
    grant(THREE)
    await requestSync(owner, id)
    expect(await coverage()).toMatchObject({ state: 'whole' })
    expect((await accountOf(rolecall, id)).optionalScopes).toEqual(THREE.slice(1))
    grant(['User.Read.All'])
    await requestSync(owner, id)
    expect(await coverage()).toMatchObject({ why: 'optional_consent_withdrawn' })
  })
})

describe('a new credential', () => {
  test('heals every connection that waits for it, and the old one stays in use until it works', async () => {
    const { tenant, ids } = await begin()
    const { accountId, clientId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
    const { owner, world } = tenant
    const added = await addSubscriptions(owner, accountId, ids.slice(0, 2))
    const made = added.kind === 'added' ? added.connectionIds : []
    for (const id of made) await carryRun(rolecall, owner, id)

    const drafted = await draftCredential(owner, accountId, { credential: 'certificate' })
    if (drafted.kind !== 'drafted') throw new Error(drafted.kind)
    await requestSync(owner, made[0] ?? '')
    expect(await carryRun(rolecall, owner, made[0] ?? '')).toMatchObject({ state: 'succeeded' })

    applyChange(world, { type: 'remove_certificates', clientId })
    await requestSync(owner, made[0] ?? '')
    expect(await carryRun(rolecall, owner, made[0] ?? '')).toMatchObject({
      problem: { code: 'certificate_not_accepted' },
    })
    for (const id of made) expect(await getConnection(owner, id)).toMatchObject({ state: 'reconnect_needed' })

    const { certificate } = await getDraft(owner, drafted.draftId)
    applyChange(world, { type: 'add_certificate', clientId, certificate: certificate ?? '' })
    expect(await confirmApplication(owner, drafted.draftId)).toEqual({ kind: 'added', accountId })
    for (const id of made) expect(await getConnection(owner, id)).toMatchObject({ state: 'active' })
    expect(await carryRun(rolecall, owner, made[0] ?? '')).toMatchObject({ state: 'succeeded' })
    expect((await auditOf(owner.organisationId)).map(({ action }) => action)).toContain('account.credential_replaced')
  })

  test('of another application is not taken', async () => {
    const { tenant, ids } = await begin()
    const { accountId, clientId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
    const other = addApplication(tenant.world, tenant)
    applyChange(tenant.world, { type: 'set_secret', clientId: other.clientId, value: 'secret' })
    const drafted = await draftCredential(tenant.owner, accountId, { credential: 'secret', secret: 'secret' })
    if (drafted.kind !== 'drafted') throw new Error(drafted.kind)
    expect(await confirmApplication(tenant.owner, drafted.draftId)).toEqual({
      kind: 'refused',
      code: 'secret_not_accepted',
    })
    await rolecall.db
      .update(applicationDrafts)
      .set({ clientId: other.clientId })
      .where(eq(applicationDrafts.id, drafted.draftId))
    expect(await confirmApplication(tenant.owner, drafted.draftId)).toEqual({ kind: 'other_application' })
    expect(clientId).not.toBe(other.clientId)
  })

  test('is what a connection of an application is reconnected by, and not what one of a person is', async () => {
    const { tenant, ids } = await begin()
    const { accountId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
    const added = await addSubscriptions(tenant.owner, accountId, [ids[1]])
    const [id = ''] = added.kind === 'added' ? added.connectionIds : []
    expect(await findApplicationToReconnect(tenant.owner, id)).toBe(accountId)
    expect(await findApplicationToReconnect(tenant.owner, await connect(tenant))).toBeNull()
    await rolecall.db
      .update(connections)
      .set({ state: 'reconnect_needed', stateReason: 'subscription_moved' })
      .where(eq(connections.id, id))
    expect(await findApplicationToReconnect(tenant.owner, id), 'moved to another tenant').toBeNull()
  })

  test('cannot be given to the account of a person', async () => {
    const { tenant } = await begin()
    const { id } = await accountOf(rolecall, await connect(tenant))
    await expect(draftCredential(tenant.owner, id, { credential: 'secret', secret: 's' })).rejects.toThrow(NotFound)
    await expect(removeApplication(tenant.owner, id)).rejects.toThrow(NotFound)
  })
})

test('what a person has read goes over to an application account, and goes on when the person has left', async () => {
  const { tenant, ids } = await begin()
  const { owner, world, tenantId } = tenant
  const connectionId = await connect(tenant)
  await carryRun(rolecall, owner, connectionId)
  const personsAccount = await accountOf(rolecall, connectionId)
  const { accountId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
  applyChange(world, { type: 'disable', user: tenant.account('owner').username, tenantId })
  applyChange(world, { type: 'advance_clock', ms: 2 * 3_600_000 })
  try {
    await requestSync(owner, connectionId)
    expect(await carryRun(rolecall, owner, connectionId)).toMatchObject({ problem: { code: 'account_disabled' } })
  } finally {
    world.clockOffset = 0
  }

  const { attemptId } = await beginReconnect(owner, connectionId)
  await chooseAccount(owner, attemptId, accountId)
  const choices = { alsoSubscriptionIds: [], acceptOtherAccount: true, takesOver: true }
  expect(await confirmAttempt(owner, attemptId, choices)).toMatchObject({ kind: 'connected' })
  expect(await carryRun(rolecall, owner, connectionId)).toMatchObject({ state: 'succeeded' })
  expect((await accountOf(rolecall, connectionId)).id).toBe(accountId)
  // What was read with the account of the person stays, and its sign-in goes.
  const [left] = await rolecall.db.select().from(accounts).where(eq(accounts.id, personsAccount.id))
  expect(left?.state).toBe('signed_out')
  expect(await rolecall.db.$count(accountSecrets, eq(accountSecrets.accountId, personsAccount.id))).toBe(0)
})

describe('a federated token and a managed identity', () => {
  test('are the portal’s own, so nobody reads another tenant by them', async () => {
    const [{ tenant: ours }, { tenant: theirs }] = [await begin(), await begin()]
    const { clientId, objectId } = addApplication(theirs.world, { ...theirs, managedIdentity: true })
    applyChange(theirs.world, { type: 'set_machine', tenantId: theirs.tenantId, systemAssigned: objectId })
    const wanted = { tenant: theirs.tenantId, clientId: null, credential: 'managed_identity' as const }
    const code = 'credential_of_other_tenant'
    expect(await draftApplication(ours.owner, wanted)).toEqual({ kind: 'refused', code })
    const drafted = await draftApplication(theirs.owner, wanted)
    if (drafted.kind !== 'drafted') throw new Error(drafted.kind)
    const confirmed = await confirmApplication(theirs.owner, drafted.draftId)
    expect(confirmed).toMatchObject({ kind: 'added' })
    expect(await listAccounts(theirs.owner)).toMatchObject([{ clientId, credential: 'managed_identity' }])
    const again = await draftCredential(theirs.owner, confirmed.kind === 'added' ? confirmed.accountId : '', {
      credential: 'managed_identity',
    })
    if (again.kind !== 'drafted') throw new Error(again.kind)
    expect(await confirmApplication(theirs.owner, again.draftId)).toMatchObject({ kind: 'added' })
  })

  test('are not to be had where the operator has not allowed them', async () => {
    const { tenant } = await begin()
    const wanted = { tenant: tenant.tenantId, clientId: tenant.tenantId, credential: 'federated' as const }
    expect(await draftApplication(tenant.owner, wanted)).toEqual({ kind: 'refused', code: 'federated_token_unusable' })
  })
})

describe('the credential', () => {
  test('is stored sealed for its own row, and sealed anew like every secret', async () => {
    const { tenant, ids } = await begin()
    const { accountId, clientId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
    await draftWithCertificate(tenant, clientId)
    const [kept] = await rolecall.db.select().from(accountSecrets).where(eq(accountSecrets.accountId, accountId))
    const drafts = await rolecall.db.select().from(applicationDrafts).where(eq(applicationDrafts.clientId, clientId))
    expect(JSON.stringify([kept, drafts])).not.toMatch(/PRIVATE KEY|privateKey/)
    expect(drafts).toHaveLength(1)
    expect(await resealSecrets(NEVER)).toMatchObject({ unreadable: 0 })
  })

  test('goes with the last subscription that is read with it', async () => {
    const { tenant, ids } = await begin()
    const { accountId } = await addApplicationAccount(tenant, { subscriptionIds: ids })
    const added = await addSubscriptions(tenant.owner, accountId, [ids[0]])
    const [id = ''] = added.kind === 'added' ? added.connectionIds : []
    expect(await removeApplication(tenant.owner, accountId)).toBe('used')
    await disconnect(tenant.owner, id, { data: 'keep' })
    expect(await accountOf(rolecall, id)).toMatchObject({ state: 'signed_out', secret: null })
    expect(await listAccounts(tenant.owner)).toEqual([])
  })

  test('goes with an account that is removed before anything is read with it', async () => {
    const { tenant } = await begin()
    const { accountId } = await addApplicationAccount(tenant)
    expect(await removeApplication(tenant.owner, accountId)).toBe('removed')
    expect(await rolecall.db.$count(accountSecrets, eq(accountSecrets.accountId, accountId))).toBe(0)
    expect((await auditOf(tenant.owner.organisationId)).at(-1)).toMatchObject({ action: 'account.application_removed' })
  })

  test('of a draft goes when it is thrown away, and after two weeks by itself', async () => {
    const { tenant } = await begin()
    const { clientId } = addApplication(tenant.world, tenant)
    const [first, second] = [await draftWithCertificate(tenant, clientId), await draftWithCertificate(tenant, clientId)]
    await discardDraft(tenant.owner, first)
    await expect(discardDraft(tenant.owner, first)).rejects.toThrow(NotFound)
    await rolecall.db.update(applicationDrafts).set({ expiresAt: sql`now()` }).where(eq(applicationDrafts.id, second))
    await expect(getDraft(tenant.owner, second)).rejects.toThrow(NotFound)
    await sweep(NEVER)
    expect(await rolecall.db.$count(applicationDrafts, eq(applicationDrafts.clientId, clientId))).toBe(0)
  })
})

test('an organisation has 25 applications begun at a time, and its audit log tells who began and discarded which', async () => {
  const { tenant } = await begin()
  const { clientId } = addApplication(tenant.world, { tenantId: tenant.tenantId })
  const drafts: string[] = []
  for (let begun = 0; begun < 25; begun++) drafts.push(await draftWithCertificate(tenant, clientId))
  const wanted = { tenant: tenant.tenantId, clientId, credential: 'secret' as const, secret: 's' }
  expect(await draftApplication(tenant.owner, wanted)).toEqual({ kind: 'refused', code: 'too_many_begun' })
  await discardDraft(tenant.owner, drafts[0] ?? '')
  expect(await draftApplication(tenant.owner, wanted)).toMatchObject({ kind: 'drafted' })
  const events = await auditOf(tenant.owner.organisationId)
  expect(events.filter(({ action }) => action === 'account.application_begun')).toHaveLength(26)
  const details = { tenant: tenant.tenantId, credential: 'certificate' }
  expect(events).toContainEqual({ action: 'account.application_discarded', subject: clientId, details })
})

describe('nobody else', () => {
  test('of another organisation reads or uses a draft or an account, nor a viewer', async () => {
    const [{ tenant: ours }, { tenant: theirs }] = [await begin(), await begin()]
    const { accountId, clientId } = await addApplicationAccount(ours)
    const draftId = await draftWithCertificate(ours, clientId)
    const secret = { credential: 'secret', secret: 's' } as const
    const verbs = [
      (actor: typeof ours.owner) => getDraft(actor, draftId),
      (actor: typeof ours.owner) => checkApplication(actor, draftId),
      (actor: typeof ours.owner) => confirmApplication(actor, draftId),
      (actor: typeof ours.owner) => discardDraft(actor, draftId),
      (actor: typeof ours.owner) => draftCredential(actor, accountId, secret),
      (actor: typeof ours.owner) => removeApplication(actor, accountId),
    ]
    const viewer = await ours.viewer()
    for (const verb of verbs) {
      await expect(verb(theirs.owner)).rejects.toThrow(NotFound)
      await expect(verb(viewer)).rejects.toThrow(NotAllowed)
    }
    expect(await listDrafts(theirs.owner)).toEqual([])
    await expect(listDrafts(viewer)).rejects.toThrow(NotAllowed)
    await expect(draftApplication(viewer, { tenant: 't', clientId, ...secret })).rejects.toThrow(NotAllowed)
  })

  test('adds or removes one with a session whose sign-in is long ago', async () => {
    const { tenant } = await begin()
    const { accountId, clientId } = await addApplicationAccount(tenant)
    const draftId = await draftWithCertificate(tenant, clientId)
    const stale = { ...tenant.owner, signedInFreshly: false }
    await expect(confirmApplication(stale, draftId)).rejects.toThrow(FreshSignInNeeded)
    await expect(removeApplication(stale, accountId)).rejects.toThrow(FreshSignInNeeded)
  })
})

test.each([
  ['', 'tenant_unknown'],
  ['nobody.example', 'tenant_unknown'],
  ['00000000-0000-4000-8000-000000000000', 'tenant_unknown'],
  ['../common', 'tenant_unknown'],
])('a tenant that is typed as %j is refused', async (typed, code) => {
  const { tenant } = await begin()
  const wanted = { tenant: typed, clientId: tenant.tenantId, credential: 'secret' as const, secret: 's' }
  expect(await draftApplication(tenant.owner, wanted)).toEqual({ kind: 'refused', code })
})
