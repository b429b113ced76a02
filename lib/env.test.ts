import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
  expect(() => parse({ ...credentials, DATABASE_URL: 'mysql://db' })).toThrow(/DATABASE_URL/)
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
