import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, expect, test, vi } from 'vitest'

const ORG = 'a0000000-0000-4000-8000-000000000001'
const here = { organisationId: ORG, kind: 'account-cache' as const, id: 'c1' }
const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`

/** The module as a process with these keys would load it. */
async function withKeys(keys: string) {
  vi.resetModules()
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', keys)
  return import('./vault')
}

beforeEach(() => {
  vi.unstubAllEnvs()
})

test('a sealed value opens again, and its text is nowhere in what is stored', async () => {
  const { seal, unseal } = await withKeys(key('k1'))
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 8, unit: 'grapheme' }), async (secret) => {
      const sealed = await seal(secret, here)
      expect(sealed).not.toContain(secret)
      expect(await unseal(sealed, here)).toBe(secret)
    }),
    { numRuns: 50 },
  )
})

test('every seal has an initialisation vector of its own', async () => {
  const { seal } = await withKeys(key('k1'))
  const vectors = await Promise.all(Array.from({ length: 200 }, async () => JSON.parse(await seal('same', here)).iv))
  expect(new Set(vectors).size).toBe(200)
  expect(Buffer.from(vectors[0], 'base64url')).toHaveLength(12)
})

test('a seal does not open in another row, organisation or column', async () => {
  const { seal, unseal, SealBroken } = await withKeys(key('k1'))
  const sealed = await seal('secret', here)
  for (const elsewhere of [
    { ...here, id: 'c2' },
    { ...here, organisationId: 'a0000000-0000-4000-8000-000000000002' },
    { ...here, kind: 'attempt-cache' as const },
  ]) {
    await expect(unseal(sealed, elsewhere)).rejects.toThrow(SealBroken)
  }
})

test('a seal with any bit flipped does not open', async () => {
  const { seal, unseal, SealBroken } = await withKeys(key('k1'))
  const sealed = JSON.parse(await seal('a secret of some length', here))
  for (const part of ['ciphertext', 'iv', 'tag', 'protected']) {
    const bytes = Buffer.from(sealed[part], 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await expect(unseal(JSON.stringify({ ...sealed, [part]: flipped.toString('base64url') }), here)).rejects.toThrow(
        SealBroken,
      )
    }
  }
})

test('after a new key is put first, old seals still open and new ones carry its name', async () => {
  const old = key('k1')
  const before = await withKeys(old)
  const sealed = await before.seal('secret', here)

  const after = await withKeys(`${key('k2')},${old}`)
  expect(await after.unseal(sealed, here)).toBe('secret')
  const header = JSON.parse(Buffer.from(JSON.parse(await after.seal('secret', here)).protected, 'base64url').toString())
  expect(header).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'k2' })
})

test('a sealed value does not open without its key', async () => {
  const { seal } = await withKeys(key('k1'))
  const sealed = await seal('secret', here)
  const { unseal, SealBroken } = await withKeys(key('k1'))
  await expect(unseal(sealed, here)).rejects.toThrow(SealBroken)
})
