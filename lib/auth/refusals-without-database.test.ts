import { expect, test, vi } from 'vitest'

vi.mock('server-only', () => ({}))
vi.mock('next/headers', () => ({ cookies: async () => new Map(), headers: async () => new Headers() }))
vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
// Nothing listens at this port, which no program may use.
vi.stubEnv('DATABASE_URL', 'postgres://rolecall@127.0.0.1:1/rolecall')

const { refuseVisitor } = await import('./refusals')

test('while the database does not answer, no sign-in is begun, and the visitor is told to come back', async () => {
  const headers = { 'x-client-address': '192.0.2.3' }
  const refused = await refuseVisitor('sign_in', new Request('http://localhost:3000', { headers }))
  expect(refused?.status).toBe(503)
  expect(refused?.headers.get('retry-after')).toBe('30')
  expect(await refused?.text()).toContain('does not answer')
})
