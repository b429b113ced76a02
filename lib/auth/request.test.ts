import { encode } from 'next-auth/jwt'
import { beforeEach, expect, test, vi } from 'vitest'

// What Next.js gives to a request outside of a test: its cookies.
const jar = vi.hoisted(() => new Map<string, { name: string; value: string }>())
vi.mock('next/headers', () => ({ cookies: async () => jar, headers: async () => new Headers() }))
vi.mock('server-only', () => ({}))
const SECRET = 'x'.repeat(32)
vi.stubEnv('PORTAL_URL', 'http://localhost:3000')
vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
vi.stubEnv('AUTH_SECRET', SECRET)
vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)

const { hasBegunSignIn } = await import('./request')

/** The cookie in which next-auth keeps a state, as its own code seals it. */
async function begin(state: string, { secret = SECRET, maxAge = 600 } = {}): Promise<void> {
  const name = 'rolecall.state'
  const token = { value: state, provider: 'azure-ad' }
  jar.set(name, { name, value: await encode({ token, secret, maxAge, salt: name }) })
}

beforeEach(() => jar.clear())

test('a sign-in that this browser began is known by its state, and by no other', async () => {
  await begin('mine')
  expect(await hasBegunSignIn('mine')).toBe(true)
  expect(await hasBegunSignIn('mineSign in to your account')).toBe(false)
  expect(await hasBegunSignIn('')).toBe(false)
  expect(await hasBegunSignIn(null)).toBe(false)
})

test('without a cookie, or with one that is too old or sealed by somebody else, no sign-in was begun', async () => {
  expect(await hasBegunSignIn('mine')).toBe(false)
  expect(await hasBegunSignIn(null)).toBe(false)
  await begin('mine', { maxAge: -60 })
  expect(await hasBegunSignIn('mine')).toBe(false)
  await begin('mine', { secret: 'y'.repeat(32) })
  expect(await hasBegunSignIn('mine')).toBe(false)
})
