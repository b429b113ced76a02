import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { applyChange, type Change } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { addApplication, issueToken } from '@/testing/applications'
import { countedPatience, pointAt } from '@/testing/stand-in'
import { makeCertificate } from '../certificate'
import { isGuestAccount } from '../people'
import { listSubscriptions } from '../subscriptions'
import { readAppClaims } from './app-claims'
import { type Credential, createAppTokens, readFederation } from './app-tokens'
import { createAzure } from './clients'
import { createMeter } from './transport'

const ISSUER = 'https://cluster.example'
const SUBJECT = 'system:serviceaccount:tools:rolecall'

const folder = mkdtempSync(join(tmpdir(), 'rolecall-token-'))
const file = join(folder, 'token')

let sandbox: Sandbox
let tenant: ReturnType<typeof makeTenant>
let app: { clientId: string; objectId: string }

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
  process.env.AZURE_FEDERATED_TOKEN_FILE = file
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  return sandbox.close()
})
beforeEach(() => {
  tenant = makeTenant(sandbox.world, { seed: Math.random(), people: 3, subscriptions: 2 })
  const [first] = tenant.subscriptions
  app = addApplication(sandbox.world, {
    tenantId: tenant.tenantId,
    subscriptionIds: [first?.id ?? ''],
    roles: ['User.Read.All', 'Group.Read.All'],
  })
})

const change = (what: Change) => applyChange(sandbox.world, what)

type Asked = { clientId?: string | null; optional?: string[]; tenantId?: string }

function tokensWith(credential: Credential, { clientId = app.clientId, ...asked }: Asked = {}) {
  const meter = createMeter()
  const patience = countedPatience()
  const openCredential = async () => credential
  const options = { tenantId: tenant.tenantId, clientId, openCredential, meter, patience, ...asked }
  return { tokens: createAppTokens(options), meter, patience }
}

/** A certificate that is registered with the application. */
async function registered(): Promise<Credential> {
  const { certificate, privateKey, thumbprint } = await makeCertificate('Rolecall')
  change({ type: 'add_certificate', clientId: app.clientId, certificate })
  return { kind: 'certificate', certificate, privateKey, thumbprint }
}

describe('an application with a certificate', () => {
  test('reads the subscriptions that its service principal has a role on, and is no guest', async () => {
    const { tokens, meter, patience } = tokensWith(await registered())
    const azure = createAzure({ tokens, meter, patience })
    const { rows } = await listSubscriptions(azure)
    expect(rows.map(({ id }) => id)).toEqual([tenant.subscriptions[0]?.id])
    expect(await isGuestAccount(azure)).toBe(false)
  })

  test('learns from its token for Graph which permissions are granted, wider ones included', async () => {
    const optional = ['GroupMember.Read.All', 'AuditLog.Read.All']
    const { tokens } = tokensWith(await registered(), { optional })
    expect(tokens.granted()).toEqual(optional)
    await tokens.get('graph')
    expect(tokens.granted()).toEqual(['GroupMember.Read.All'])
    expect(tokens.withdrawn()).toEqual(['AuditLog.Read.All'])
  })

  test('asks for a token once, and anew when one was refused', async () => {
    const { tokens, meter } = tokensWith(await registered())
    const [one, other] = await Promise.all([tokens.get('arm'), tokens.get('arm')])
    expect([other.token, meter.calls]).toEqual([one.token, 1])
    const renewed = await tokens.get('arm', { refused: one.token })
    expect([renewed.token === one.token, meter.calls]).toEqual([false, 2])
  })

  test('is told when the certificate is not registered, without any of the key in the error', async () => {
    const { certificate, privateKey, thumbprint } = await makeCertificate('Rolecall')
    const { tokens } = tokensWith({ kind: 'certificate', certificate, privateKey, thumbprint })
    const error = await tokens.get('arm').catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'certificate_not_accepted', aadsts: 700027 })
    expect(JSON.stringify([String(error), error])).not.toMatch(/PRIVATE|eyJ/)
  })
})

test.each([
  ['a wrong secret', () => ({ type: 'set_secret', clientId: app.clientId, value: 'another' }), 'secret_not_accepted'],
  ['an expired secret', () => ({ type: 'expire_secret', clientId: app.clientId }), 'secret_out_of_date'],
  [
    'an application that was disabled',
    () => ({ type: 'set_application_enabled', tenantId: tenant.tenantId, clientId: app.clientId, enabled: false }),
    'application_disabled',
  ],
] as const)('%s is told in words about the application', async (_what, odd, code) => {
  change({ type: 'set_secret', clientId: app.clientId, value: 'right' })
  const credential = { kind: 'secret', secret: 'right' } as const
  await tokensWith(credential).tokens.get('graph')
  change(odd() as Change)
  await expect(tokensWith(credential).tokens.get('graph')).rejects.toMatchObject({ code })
})

test('an application that the tenant does not know, or has no service principal of, is told apart', async () => {
  const credential = { kind: 'secret', secret: 'sandbox-secret' } as const
  const unknown = tokensWith(credential, { clientId: tenant.tenantId })
  await expect(unknown.tokens.get('arm')).rejects.toMatchObject({ code: 'application_unknown', aadsts: 700016 })
  const elsewhere = tokensWith(credential, { clientId: sandbox.world.clientId })
  await expect(elsewhere.tokens.get('arm')).rejects.toMatchObject({ code: 'application_not_installed' })
})

describe('an application with a federated credential', () => {
  const federate = (subject: string, afterSeconds?: number) =>
    change({ type: 'add_federated_credential', clientId: app.clientId, issuer: ISSUER, subject, afterSeconds })

  test('reads the file on every call, since its token is replaced there', async () => {
    federate(SUBJECT)
    writeFileSync(file, issueToken(sandbox.world, ISSUER, SUBJECT))
    const { tokens } = tokensWith({ kind: 'federated' })
    const { token } = await tokens.get('arm')
    writeFileSync(file, issueToken(sandbox.world, ISSUER, 'somebody else'))
    await expect(tokens.get('arm', { refused: token })).rejects.toMatchObject({ code: 'federation_mismatch' })
    writeFileSync(file, `${issueToken(sandbox.world, ISSUER, SUBJECT)}\n`)
    await tokens.get('arm', { refused: token })
  })

  test('says whose token is in the file, so that a federated credential can be made for it', async () => {
    writeFileSync(file, issueToken(sandbox.world, ISSUER, SUBJECT))
    expect(await readFederation()).toEqual({ issuer: ISSUER, subject: SUBJECT })
    for (const odd of ['', 'no token', 'a.b.c', `${Buffer.from('{}').toString('base64url')}.e30.x`]) {
      writeFileSync(file, odd)
      expect(await readFederation()).toBeNull()
    }
  })

  test('waits while the credential spreads', async () => {
    federate('young', 300)
    writeFileSync(file, issueToken(sandbox.world, ISSUER, 'young'))
    const asked = tokensWith({ kind: 'federated' }).tokens.get('arm')
    await expect(asked).rejects.toMatchObject({ code: 'federation_not_found', aadsts: 70021 })
  })

  test.each([
    ['an expired token', () => issueToken(sandbox.world, ISSUER, SUBJECT, -900)],
    ['no token', () => 'not a token'],
    ['nothing', () => ''],
  ])('cannot use a file with %s in it', async (_what, contents) => {
    federate(SUBJECT)
    writeFileSync(file, contents())
    const asked = tokensWith({ kind: 'federated' }).tokens.get('arm')
    await expect(asked).rejects.toMatchObject({ code: 'federated_token_unusable' })
  })
})

describe('a managed identity', () => {
  test('of the machine, or one that is assigned to it, gets tokens from the machine', async () => {
    const { tenantId } = tenant
    const [own, assigned] = ['vm', 'id'].map((displayName) =>
      addApplication(sandbox.world, { tenantId, displayName, managedIdentity: true, roles: ['User.Read.All'] }),
    )
    if (!own || !assigned) throw new Error('There are two.')
    change({ type: 'set_machine', tenantId, systemAssigned: own.objectId, userAssigned: [assigned.objectId] })
    const ofMachine = { kind: 'managed_identity', isOfMachine: true } as const
    const { token } = await tokensWith(ofMachine).tokens.get('arm')
    expect(readAppClaims(token)).toMatchObject({ objectId: own.objectId, clientId: own.clientId })
    const credential = { kind: 'managed_identity', isOfMachine: false } as const
    const other = await tokensWith(credential, { clientId: assigned.clientId }).tokens.get('graph')
    expect(readAppClaims(other.token)).toMatchObject({ objectId: assigned.objectId, roles: ['User.Read.All'] })
    const stranger = tokensWith(credential, { clientId: app.clientId }).tokens.get('arm')
    await expect(stranger).rejects.toMatchObject({ code: 'identity_not_found' })
  })

  test('of a machine of another tenant is not used', async () => {
    const { tenantId } = makeTenant(sandbox.world, { seed: Math.random(), people: 2 })
    const { objectId } = addApplication(sandbox.world, { tenantId, managedIdentity: true })
    change({ type: 'set_machine', tenantId, systemAssigned: objectId })
    const asked = tokensWith({ kind: 'managed_identity', isOfMachine: true }).tokens.get('arm')
    await expect(asked).rejects.toMatchObject({ code: 'wrong_tenant' })
  })
})
