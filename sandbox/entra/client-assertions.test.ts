import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { claimsOf, postLogin } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'
import { makeCertificate } from './make-certificate'

const TOKEN = `https://login.microsoftonline.com/${CONTOSO}/oauth2/v2.0/token`
const ISSUER = 'https://cluster.example/oidc/'
const SUBJECT = 'system:serviceaccount:tools:Portal'

let sandbox: Sandbox
let clientId: string
let ours: Awaited<ReturnType<typeof makeCertificate>>
let strangers: Awaited<ReturnType<typeof makeCertificate>>

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  ;[ours, strangers] = await Promise.all([makeCertificate(), makeCertificate()])
  const made = change({ type: 'add_application', tenantId: CONTOSO, displayName: 'Nightly' }) as { clientId: string }
  clientId = made.clientId
  change({ type: 'add_certificate', clientId, certificate: ours.certificate })
  change({ type: 'add_federated_credential', clientId, issuer: ISSUER, subject: SUBJECT })
})
afterAll(() => sandbox.close())

const change = (what: Parameters<typeof applyChange>[1]) => applyChange(sandbox.world, what)

const ask = (client_assertion: string, more: Record<string, string> = {}) =>
  postLogin(sandbox, `/${CONTOSO}/oauth2/v2.0/token`, {
    client_id: clientId,
    grant_type: 'client_credentials',
    scope: 'https://management.azure.com/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    ...more,
  })

type Odd = { alg?: string; header?: object; claims?: object; made?: typeof ours; signedBy?: typeof ours }

/** An assertion as the application signs it, apart from what is odd about it. */
async function assert({ alg = 'PS256', header = {}, claims = {}, made = ours, signedBy = made }: Odd = {}) {
  const now = Math.floor(sandbox.world.now() / 1_000)
  const { raw } = new X509Certificate(made.certificate)
  const x5t = { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') }
  const said = { aud: TOKEN, iss: clientId, sub: clientId, nbf: now, exp: now + 600, jti: 'one', ...claims }
  return new SignJWT(said).setProtectedHeader({ alg, ...x5t, ...header }).sign(createPrivateKey(signedBy.privateKey))
}

describe('an assertion signed with a certificate', () => {
  test.each(['PS256', 'RS256'])('opens a token when it is signed by %s', async (alg) => {
    const reply = await ask(await assert({ alg }))
    expect(reply).toMatchObject({ status: 200, token_type: 'Bearer' })
    expect(reply.refresh_token).toBeUndefined()
    expect(claimsOf(reply.access_token)).toMatchObject({ appid: clientId, idtyp: 'app', appidacr: '2' })
  })

  test('may name the certificate by its SHA-1, as older clients do', async () => {
    const { raw } = new X509Certificate(ours.certificate)
    const x5t = createHash('sha1').update(raw).digest('base64url')
    expect(await ask(await assert({ header: { x5t, 'x5t#S256': undefined } }))).toMatchObject({ status: 200 })
  })

  test.each<[string, () => Odd, number]>([
    ['a certificate that is not registered', () => ({ made: strangers }), 700027],
    ["another key under the certificate's name", () => ({ signedBy: strangers }), 700027],
    ['another audience', () => ({ claims: { aud: 'https://example.org' } }), 700023],
    ['the token address of another tenant', () => ({ claims: { aud: TOKEN.replace(CONTOSO, clientId) } }), 700023],
    ['another subject', () => ({ claims: { sub: 'somebody' } }), 700021],
    ['an end in the past', () => ({ claims: { exp: 1_700_000_000 } }), 700024],
    ['no end', () => ({ claims: { exp: undefined } }), 700024],
    ['a beginning in the future', () => ({ claims: { nbf: Math.floor(sandbox.world.now() / 1_000) + 900 } }), 700024],
    ['an issuer that nobody knows', () => ({ claims: { iss: 'https://nobody.example' } }), 700211],
  ])('is refused for %s', async (_what, odd, code) => {
    expect(await ask(await assert(odd()))).toMatchObject({ status: 401, error: 'invalid_client', error_codes: [code] })
  })

  test('is refused when the certificate has expired or was taken away', async () => {
    const old = await makeCertificate({ validTo: Date.now() - 60_000 })
    change({ type: 'add_certificate', clientId, certificate: old.certificate })
    const reply = await ask(await assert({ made: old }))
    expect(reply).toMatchObject({ error_codes: [700027] })
    expect(String(reply.error_description)).toContain('The key used is expired.')
    change({ type: 'remove_certificates', clientId })
    expect(await ask(await assert())).toMatchObject({ error_codes: [700027] })
    change({ type: 'add_certificate', clientId, certificate: ours.certificate })
  })

  test('is refused without its type, and when it is no JWT', async () => {
    expect(await ask(await assert(), { client_assertion_type: '' })).toMatchObject({ error_codes: [900144] })
    expect(await ask('x.y.z')).toMatchObject({ status: 400, error: 'invalid_request', error_codes: [50027] })
  })
})

describe('a federated token', () => {
  const issue = (odd: object = {}) =>
    (
      change({ type: 'issue_federated_token', issuer: ISSUER, subject: SUBJECT, ...odd }) as {
        token: string
      }
    ).token

  test('opens a token for the application whose credential names its issuer and subject', async () => {
    const reply = await ask(issue())
    expect(claimsOf(reply.access_token)).toMatchObject({ appid: clientId, idtyp: 'app', appidacr: '2' })
  })

  test.each([
    ['another issuer', { issuer: 'https://other.example' }, 700211],
    ['another subject', { subject: 'system:serviceaccount:tools:other' }, 700213],
    ['a subject that differs in case only', { subject: SUBJECT.toLowerCase() }, 7002138],
    ['another audience', { audience: 'https://kubernetes.default.svc' }, 700212],
    ['an end in the past', { seconds: -600 }, 700024],
  ])('is refused for %s', async (_what, odd, code) => {
    expect(await ask(issue(odd))).toMatchObject({ status: 401, error: 'invalid_client', error_codes: [code] })
  })

  test('is refused when it is not signed by its issuer', async () => {
    const [header, claims] = issue().split('.')
    const [, , signature] = issue({ issuer: 'https://other.example' }).split('.')
    expect(await ask(`${header}.${claims}.${signature}`)).toMatchObject({ error_codes: [50013] })
  })

  test('is refused as unknown until the credential has spread', async () => {
    const young = { issuer: ISSUER, subject: 'young' }
    change({ type: 'add_federated_credential', clientId, ...young, afterSeconds: 60 })
    expect(await ask(issue(young))).toMatchObject({ status: 401, error_codes: [70021] })
    change({ type: 'advance_clock', ms: 61_000 })
    expect(await ask(issue(young))).toMatchObject({ status: 200 })
  })

  test('is unknown to an application without any federated credential', async () => {
    const other = change({ type: 'add_application', tenantId: CONTOSO, displayName: 'Other' }) as { clientId: string }
    expect(await ask(issue(), { client_id: other.clientId })).toMatchObject({ error_codes: [70021] })
  })
})

test('an application that was disabled gets no token, and one without a service principal neither', async () => {
  change({ type: 'set_application_enabled', tenantId: CONTOSO, clientId, enabled: false })
  expect(await ask(await assert())).toMatchObject({ error: 'unauthorized_client', error_codes: [7000112] })
  change({ type: 'set_application_enabled', tenantId: CONTOSO, clientId, enabled: true })
  sandbox.world.findTenant(CONTOSO)?.servicePrincipals.delete(
    sandbox.world
      .findTenant(CONTOSO)
      ?.servicePrincipals.list()
      .find(({ appId }) => appId === clientId)?.id ?? '',
  )
  expect(await ask(await assert())).toMatchObject({ error: 'invalid_client', error_codes: [7000229] })
})
