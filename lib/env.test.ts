import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BadConfiguration, parseEnv } from './env'

const tenant = '8a1f1f8a-0000-4000-8000-00000000000a'
const credentials = {
  AZURE_CLIENT_ID: '8a1f1f8a-0000-4000-8000-00000000000c',
  AZURE_CLIENT_SECRET: 'value',
  AZURE_TENANT_ID: tenant,
}
const keys = { AUTH_SECRET: 'a'.repeat(32), ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}` }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-env-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})
const parse = (settings: Record<string, string>) => parseEnv({ DATA_DIR: folder, ...settings })

test('real credentials talk to real Azure', () => {
  expect(parse({ ...credentials, ...keys })).toMatchObject({
    mode: 'azure',
    sandboxUrl: null,
    azure: { allowedTenants: [tenant] },
  })
})

test('no proxy is trusted unless it is said how many there are', () => {
  expect(parse({ ...credentials, ...keys }).trustedProxies).toBe(0)
  expect(parse({ ...credentials, ...keys, TRUSTED_PROXIES: '2' }).trustedProxies).toBe(2)
})

test('several tenants may be allowed to sign in', () => {
  const other = '8a1f1f8a-0000-4000-8000-00000000000b'
  expect(
    parse({ ...credentials, ...keys, AZURE_TENANT_ID: `${tenant}, ${other.toUpperCase()}` }).azure.allowedTenants,
  ).toEqual([tenant, other])
})

test('credentials and a sandbox together are refused', () => {
  expect(() => parse({ ...credentials, SANDBOX_URL: 'http://localhost:4000' })).toThrow(/never meet the sandbox/)
})

test('an incomplete configuration is refused, and what is missing is named', () => {
  expect(() => parse({ AZURE_CLIENT_ID: credentials.AZURE_CLIENT_ID })).toThrow(
    /AZURE_CLIENT_SECRET and AZURE_TENANT_ID are not set/,
  )
  expect(() => parse({})).toThrow(BadConfiguration)
})

test('an invalid setting is refused, and named', () => {
  expect(() => parse({ ...credentials, AZURE_TENANT_ID: 'contoso.example' })).toThrow(/AZURE_TENANT_ID/)
  expect(() => parse({ ...credentials, ENCRYPTION_KEYS: 'k1:short' })).toThrow(/ENCRYPTION_KEYS.*32 bytes/)
  for (const proxies of ['-1', '1.5', 'two', '10']) {
    expect(() => parse({ ...credentials, TRUSTED_PROXIES: proxies })).toThrow(/^TRUSTED_PROXIES must be a whole number/)
  }
  expect(() => parse({ ...credentials, DATABASE_URL: 'mysql://db' })).toThrow(/DATABASE_URL/)
  for (const wrong of ['0', '-1', 'many', '10001'])
    expect(() => parse({ ...credentials, SIGN_INS_PER_MINUTE: wrong })).toThrow(/SIGN_INS_PER_MINUTE/)
})

test('processes that share a database must be given the same keys', () => {
  expect(() => parse({ ...credentials, DATABASE_URL: 'postgres://db/rolecall' })).toThrow(
    /AUTH_SECRET and ENCRYPTION_KEYS/,
  )
})

test('with the embedded database the keys are made once and kept for their owner only', () => {
  const first = parse({ SANDBOX_URL: 'http://localhost:4000' })
  const second = parse({ SANDBOX_URL: 'http://localhost:4000' })
  expect(second.encryptionKeys).toEqual(first.encryptionKeys)
  expect(second.authSecret).toBe(first.authSecret)
  expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toContain(first.authSecret)
})

test('two keys of one name are refused: which of them opens would depend on their order', () => {
  const twice = `k1:${Buffer.alloc(32, 1).toString('base64')}, k1:${Buffer.alloc(32, 2).toString('base64')}`
  expect(() => parse({ ...credentials, ...keys, ENCRYPTION_KEYS: twice })).toThrow(/ENCRYPTION_KEYS.*name of its own/)
})

describe('the file of keys', () => {
  const sandbox = { SANDBOX_URL: 'http://localhost:4000' }
  const file = () => join(folder, 'keys.json')
  const made = () => {
    parse(sandbox)
    return readFileSync(file(), 'utf8')
  }

  test('of another installation has keys of other names, so that one cannot be taken for the other', () => {
    const [first] = parse(sandbox).encryptionKeys
    rmSync(file())
    const [second] = parse(sandbox).encryptionKeys
    expect(first?.kid).not.toBe(second?.kid)
  })

  test.each([
    ['empty', () => ''],
    ['cut off', (text: string) => text.slice(0, 60)],
    ['no object', () => '[]'],
    ['without a key', (text: string) => JSON.stringify({ ...JSON.parse(text), encryptionKeys: undefined })],
    ['with a short key', (text: string) => JSON.stringify({ ...JSON.parse(text), encryptionKeys: 'k1:c2hvcnQ=' })],
    ['with a short secret', (text: string) => JSON.stringify({ ...JSON.parse(text), authSecret: 'short' })],
    [
      'with a name twice',
      (text: string) => {
        const { encryptionKeys, ...rest } = JSON.parse(text)
        return JSON.stringify({ ...rest, encryptionKeys: `${encryptionKeys},${encryptionKeys}` })
      },
    ],
  ])('that is %s ends the start with one sentence, and stays as it is', (_, damage) => {
    const damaged = damage(made())
    writeFileSync(file(), damaged)
    expect(() => parse(sandbox)).toThrow(BadConfiguration)
    expect(() => parse(sandbox)).toThrow(/keys\.json is damaged.*Restore it from a backup, or delete it/)
    expect(readFileSync(file(), 'utf8')).toBe(damaged)
  })

  test('that others could read is closed to them, which is said', () => {
    made()
    expect(parse(sandbox).warnings).toEqual([])
    chmodSync(file(), 0o666)
    expect(parse(sandbox).warnings).toEqual([expect.stringMatching(/keys\.json.*0666.*new key/)])
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(parse(sandbox).warnings).toEqual([])
  })
})

test('an address of the portal on plain http is warned of, unless it is this machine’s own', () => {
  const warn = (url: string) =>
    parse({ SANDBOX_URL: 'http://localhost:4000', PORTAL_URL: url }).warnings.filter((one) => /http:/.test(one))
  for (const url of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000', 'https://rolecall.example'])
    expect(warn(url), url).toEqual([])
  for (const url of ['http://rolecall.example', 'http://10.0.0.4:3000', 'http://localhost.example'])
    expect(warn(url), url).toEqual([expect.stringContaining('PORTAL_URL')])
})

test('application accounts may use what is the portal’s own only where the operator says so', () => {
  const own = (settings: Record<string, string>) => {
    const { federatedTokenFile, managedIdentity } = parse({ ...keys, ...settings }).azure
    return { federatedTokenFile, managedIdentity }
  }
  expect(own(credentials)).toEqual({ federatedTokenFile: null, managedIdentity: false })
  const allowed = { AZURE_FEDERATED_TOKEN_FILE: '/var/run/token', AZURE_MANAGED_IDENTITY: 'on' }
  expect(own({ ...credentials, ...allowed })).toEqual({ federatedTokenFile: '/var/run/token', managedIdentity: true })
  expect(own({ SANDBOX_URL: 'http://localhost:4000' }).managedIdentity).toBe(true)
  expect(own({ SANDBOX_URL: 'http://localhost:4000', AZURE_MANAGED_IDENTITY: 'off' }).managedIdentity).toBe(false)
})
