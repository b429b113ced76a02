import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOST_NAMES } from '../clouds'
import { type Sandbox, startSandbox } from '../server'
import { openCertificateAuthority } from './tls-front'

const portalUrl = 'http://localhost:3000'
const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-tls-'))
let sandbox: Sandbox & { tls: { port: number; caFile: string } }

async function start(port = 0) {
  const started = await startSandbox({ port: 0, portalUrl, tls: { port, dataDir } })
  if (!started.tls) throw new Error('The sandbox started without its TLS front.')
  return { ...started, tls: started.tls }
}

beforeAll(async () => {
  sandbox = await start()
})
afterAll(async () => {
  await sandbox.close()
  rmSync(dataDir, { recursive: true })
})

type Ask = { path?: string; host?: string; ca?: Buffer | undefined; agent?: Agent }

/** A request by name to 127.0.0.1, with the certificate checked against what the client trusts. */
async function ask(servername: string, { path = '/', host = servername, ca, agent }: Ask = {}) {
  const trusted = ca ?? readFileSync(sandbox.tls.caFile)
  const { port } = sandbox.tls
  const asked = get({
    host: '127.0.0.1',
    port,
    servername,
    path,
    headers: { host },
    ca: trusted,
    agent: agent ?? false,
  })
  const [response] = await once(asked, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode as number, body: Buffer.concat(chunks).toString(), reused: asked.reusedSocket }
}

test.each(HOST_NAMES)('%s answers over TLS with a certificate that verifies', async (name) => {
  const reply = await ask(name)
  expect(reply.status).not.toBe(421)
})

test('the host name chooses the service, and connections are kept open', async () => {
  const agent = new Agent({ keepAlive: true })
  const login = await ask('login.microsoftonline.com', { path: '/common/v2.0/.well-known/openid-configuration', agent })
  expect(JSON.parse(login.body)).toMatchObject({ token_endpoint: expect.stringContaining('login.microsoftonline.com') })
  const again = await ask('login.microsoftonline.com', { path: '/common/v2.0/.well-known/openid-configuration', agent })
  expect(again.reused).toBe(true)
  const arm = await ask('management.azure.com', { path: '/tenants?api-version=2022-12-01', agent })
  expect(arm).toMatchObject({ status: 401, body: expect.stringContaining('AuthenticationFailed') })
  const graph = await ask('graph.microsoft.com', { path: '/v1.0/me', agent })
  expect(graph).toMatchObject({ status: 401, body: expect.stringContaining('InvalidAuthenticationToken') })
  agent.destroy()
})

test('a client that does not trust the CA is refused', async () => {
  const other = mkdtempSync(join(tmpdir(), 'rolecall-tls-'))
  const { caFile } = await openCertificateAuthority(other)
  await expect(ask('graph.microsoft.com', { ca: readFileSync(caFile) })).rejects.toMatchObject({
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  })
  rmSync(other, { recursive: true })
})

test('a host name that is not imitated gets 421, and so do loopback’s names, so that no control is reached', async () => {
  for (const host of ['vault.azure.net', 'localhost', '127.0.0.1'])
    expect(await ask('graph.microsoft.com', { host, path: '/_sandbox/info' })).toMatchObject({ status: 421 })
  await expect(ask('vault.azure.net')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

test('the CA survives a restart, and only its owner can read its key', async () => {
  const folder = join(dataDir, 'sandbox-ca')
  const before = readFileSync(join(folder, 'ca.pem'), 'utf8')
  expect(statSync(join(folder, 'ca-key.pem')).mode & 0o777).toBe(0o600)
  await sandbox.close()
  sandbox = await start()
  expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toBe(before)
  expect((await ask('graph.microsoft.com', { path: '/v1.0/me', ca: Buffer.from(before) })).status).toBe(401)
})

test('a taken port leaves nothing running', async () => {
  const refused = startSandbox({ port: 0, portalUrl, tls: { port: sandbox.tls.port, dataDir } })
  await expect(refused).rejects.toMatchObject({ code: 'EADDRINUSE', port: sandbox.tls.port })
})

const DAY_MS = 86_400_000
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-ca-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const kept = () => readFileSync(join(folder, 'ca.pem'), 'utf8')

test('a certificate names its hosts, is for servers only, and is signed by the CA', async () => {
  const authority = await openCertificateAuthority(folder)
  const ca = new X509Certificate(kept())
  const leaf = new X509Certificate((await authority.issue(['one.example', 'two.example'])).cert)
  expect({ ca: ca.ca, subject: ca.subject, issuer: ca.issuer }).toEqual({
    ca: true,
    subject: 'CN=Rolecall sandbox CA',
    issuer: 'CN=Rolecall sandbox CA',
  })
  expect({ ca: leaf.ca, names: leaf.subjectAltName, usages: leaf.keyUsage }).toEqual({
    ca: false,
    names: 'DNS:one.example, DNS:two.example',
    usages: ['1.3.6.1.5.5.7.3.1'], // serverAuth
  })
  expect([leaf.checkIssued(ca), leaf.verify(ca.publicKey)]).toEqual([true, true])
})

test('the CA of a folder is kept until it expires soon', async () => {
  await openCertificateAuthority(folder, new Date(Date.now() + 90 * DAY_MS))
  const first = kept()
  await openCertificateAuthority(folder)
  expect(kept()).toBe(first)
})

test('a CA that expires soon is replaced', async () => {
  await openCertificateAuthority(folder, new Date(Date.now() + 30 * DAY_MS))
  const near = kept()
  await openCertificateAuthority(folder)
  expect(kept()).not.toBe(near)
})

test('a CA whose key belongs to another one is replaced', async () => {
  const other = join(folder, 'other')
  await openCertificateAuthority(other)
  await openCertificateAuthority(folder)
  const before = kept()
  writeFileSync(join(folder, 'ca-key.pem'), readFileSync(join(other, 'ca-key.pem')))
  await openCertificateAuthority(folder)
  expect(kept()).not.toBe(before)
})
