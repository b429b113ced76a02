import { expect, test } from 'vitest'
import { authCookies } from './options'

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
