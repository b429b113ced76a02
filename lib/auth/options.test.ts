import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test, vi } from 'vitest'
import { useDatabase } from '@/db/client'
import type { OpenDatabase } from '@/db/database'
import { authCookies, authOptions } from './options'

beforeAll(() => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  vi.stubEnv('LOG_LEVEL', 'silent')
})

test('on https every cookie is bound to the host, out of reach of scripts, and sent over TLS only', () => {
  for (const { name, options } of Object.values(authCookies('https://portal.example'))) {
    expect(name).toMatch(/^__Host-/)
    expect(options).toMatchObject({ httpOnly: true, secure: true, sameSite: 'lax', path: '/' })
    expect(options).not.toHaveProperty('domain')
  }
})

test('on plain http too the cookies are out of reach of scripts and of other sites', () => {
  for (const { name, options } of Object.values(authCookies('http://localhost:3000'))) {
    expect(name).not.toMatch(/^__/)
    expect(options).toMatchObject({ httpOnly: true, secure: false, sameSite: 'lax', path: '/' })
  }
})

test('an unfinished sign-in is forgotten after ten minutes', () => {
  const { state, nonce, pkceCodeVerifier } = authCookies('https://portal.example')
  for (const { options } of [state, nonce, pkceCodeVerifier]) expect(options.maxAge).toBe(600)
})

const browser = { browser: 'Firefox on Linux', visitor: { address: null, requestId: null }, previousToken: null }

/** What Microsoft is asked for at a sign-in, beside what next-auth adds. */
function askedOf(confirming: string | null): Record<string, unknown> {
  const [provider] = authOptions({ browser, confirming }).providers as unknown as {
    authorization: { params: Record<string, unknown> }
  }[]
  return provider?.authorization.params ?? {}
}

test('who confirms who they are is asked for their credentials, and Microsoft for when they gave them', () => {
  expect(askedOf('ada@contoso.example')).toMatchObject({
    prompt: 'login',
    max_age: 900,
    login_hint: 'ada@contoso.example',
  })
  expect(askedOf(null)).toEqual({ scope: 'openid profile email', prompt: 'select_account' })
})

const admit = (profile: object) =>
  authOptions({ browser, confirming: null }).callbacks?.signIn?.({
    profile,
  } as Parameters<NonNullable<NonNullable<ReturnType<typeof authOptions>['callbacks']>['signIn']>>[0])

test('a database that fails during a sign-in does not put its words into an address', async () => {
  const failing = {
    limitTo: () => {
      throw new Error('Failed query: select')
    },
  }
  const uninstall = useDatabase(failing as unknown as OpenDatabase)
  const person = { tid: randomUUID(), oid: randomUUID() }
  expect(await admit(person)).toBe('/signin?error=Callback')
  uninstall()
})
