import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { readConfiguration, readTlsPort } from './configuration.mjs'
import { freePort } from './ports.mjs'
import { Refusal } from './project.mjs'

const CREDENTIALS = { AZURE_CLIENT_ID: 'id', AZURE_CLIENT_SECRET: 'secret', AZURE_TENANT_ID: 'tenant' }

test('nothing configured starts the portal on 3000 with the sandbox on 4000', () => {
  expect(readConfiguration({})).toMatchObject({
    mode: 'sandbox',
    port: 3000,
    host: '127.0.0.1',
    portalUrl: 'http://localhost:3000',
    ownSandbox: true,
    sandboxUrl: 'http://localhost:4000',
  })
})

test('a portal that is to listen on localhost is given the number, which it can tell from its name', () => {
  expect(readConfiguration({ HOST: 'localhost' })).toMatchObject({
    host: '127.0.0.1',
    portalUrl: 'http://localhost:3000',
    ownSandbox: true,
  })
})

test('credentials start the portal against Azure, without a sandbox', () => {
  expect(readConfiguration(CREDENTIALS)).toMatchObject({ mode: 'azure', ownSandbox: false, sandboxUrl: null })
})

test('half of the credentials is refused by the names of what is missing', () => {
  expect(() => readConfiguration({ AZURE_CLIENT_ID: 'id', AZURE_TENANT_ID: '' })).toThrow(
    'AZURE_CLIENT_SECRET and AZURE_TENANT_ID are not set.',
  )
})

test.each([{ SANDBOX_URL: 'http://localhost:4000' }, { ROLECALL_MODE: 'sandbox' }])(
  'credentials with the sandbox are refused: %o',
  (asked) => {
    expect(() => readConfiguration({ ...CREDENTIALS, ...asked })).toThrow('real credentials never meet the sandbox')
  },
)

test.each([{ NODE_ENV: 'production' }, { ROLECALL_CONTAINER: '1' }, { HOST: '0.0.0.0' }])(
  'a start that others rely on does not fall back to the sandbox: %o',
  (settings) => {
    expect(() => readConfiguration(settings)).toThrow(Refusal)
    expect(readConfiguration({ ...settings, ROLECALL_MODE: 'sandbox' })).toMatchObject({ mode: 'sandbox' })
  },
)

test('PostgreSQL without shared keys is refused', () => {
  expect(() => readConfiguration({ DATABASE_URL: 'postgres://localhost/rolecall' })).toThrow(
    'ENCRYPTION_KEYS must be set',
  )
})

test.each(['abc', '0', '70000', '3.5'])('PORT=%s is refused', (PORT) => {
  expect(() => readConfiguration({ PORT })).toThrow('not a port number')
})

test('the port of the TLS front is asked for in either spelling, and is nobody’s unless asked for', async () => {
  const port = await freePort()
  expect(await readTlsPort(['--sandbox', '--tls-port', String(port)])).toBe(port)
  expect(await readTlsPort(['--sandbox', '--tls', `--tls-port=${port}`])).toBe(port)
  expect(await readTlsPort(['--tls', '--tls-port', '0'])).toBe(0)
  expect(await readTlsPort(['--sandbox'])).toBeNull()
})

test('what is no port, and a taken port, are refused in one sentence with the next step', async () => {
  for (const args of [['--tls-port'], ['--tls-port', 'x'], ['--tls-port=65536'], ['--tls-port', '--no-install']])
    await expect(readTlsPort(args)).rejects.toThrow(/which is not a port number\.$/)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()

  await expect(readTlsPort(['--tls-port', String(port)])).rejects.toThrow(
    `Port ${port} for TLS is in use. Stop what uses it, or choose another with --tls-port.`,
  )

  server.close()
  await once(server, 'close')
})
